import { calls } from '../../../../shared/ocrolus/calls.ts';
import type { ScriptedOcrolus, ScriptedReply } from './ocrolus.ts';

export interface ScriptedDocument {
  readonly uuid: string;
  readonly status: string;
  readonly [attribute: string]: unknown;
}

/** An answer of Book status. */
export function bookStatus(
  bookUuid: string,
  status: string,
  docs: readonly ScriptedDocument[] = [],
  more: Readonly<Record<string, unknown>> = {},
): ScriptedReply {
  return {
    body: { status: 200, message: 'OK', response: { uuid: bookUuid, book_status: status, docs, ...more } },
  };
}

/** Lets Ocrolus have forms and transactions of a document, in a book without pay stubs. */
export function saysCaptured(ocrolus: ScriptedOcrolus, bookUuid: string, docUuid: string): void {
  ocrolus.says(calls.documentForms(docUuid), { body: { status: 200, response: { forms: [] } } });
  ocrolus.says(calls.documentTransactions(bookUuid, docUuid), {
    body: { status: 200, response: { txns: [] } },
  });
  ocrolus.says(calls.bookPayStubs(bookUuid), { body: { status: 200, response: [] } });
}

/** An answer of Detect about some documents: uuid → status. */
export function signals(
  bookUuid: string | undefined,
  states: Readonly<Record<string, string>>,
): ScriptedReply {
  const analyses = Object.entries(states).map(([uploaded_doc_uuid, detect_status]) => ({
    uploaded_doc_uuid,
    detect_status,
    form_analysis: [],
  }));
  return { body: { ...(bookUuid !== undefined && { book_uuid: bookUuid }), doc_analysis: analyses } };
}

/** An error as Ocrolus sends it: its code in the body. */
export function error(httpStatus: number, code: number): ScriptedReply {
  return { httpStatus, body: { status: httpStatus, code, message: 'no' } };
}

/** Not ready yet. */
export const TOO_EARLY: ScriptedReply = error(425, 1404);

/** A finished document as Book status lists it. */
export const finished = (uuid: string): ScriptedDocument => ({ uuid, status: 'VERIFICATION_COMPLETE' });
