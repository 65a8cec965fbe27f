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
  images: readonly string[] = [],
): ScriptedReply {
  const page_visualizations = images.map((image) => ({
    image_url: `https://api.ocrolus.com/v2/detect/visualization/${image}`,
  }));
  const form = { visualizations: [{ page_number: 1, page_visualizations }] };
  const analyses = Object.entries(states).map(([uploaded_doc_uuid, detect_status]) => ({
    uploaded_doc_uuid,
    detect_status,
    form_analysis: images.length > 0 ? [form] : [],
  }));
  return { body: { ...(bookUuid !== undefined && { book_uuid: bookUuid }), doc_analysis: analyses } };
}

/** An error as Ocrolus sends it: its code in the body. */
export function error(httpStatus: number, code: number): ScriptedReply {
  return { httpStatus, body: { status: httpStatus, code, message: 'no' } };
}

/** Not ready yet. */
export const TOO_EARLY: ScriptedReply = error(425, 1404);

/** Answer of a proxy, or for a product that is not enabled: no code. */
export const FORBIDDEN: ScriptedReply = { httpStatus: 403, body: { message: 'Forbidden' } };

/** A document as Book status lists it. */
export const document = (uuid: string, status = 'VERIFICATION_COMPLETE'): ScriptedDocument => ({
  uuid,
  status,
});

/** Sets status and documents that Book status shows. */
export function saysStatus(
  ocrolus: ScriptedOcrolus,
  bookUuid: string,
  status: string,
  docs: readonly ScriptedDocument[],
): void {
  ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, status, docs));
}

/** Analytics of version 2. @param version shows which answer was stored. */
export function saysAnalytics(ocrolus: ScriptedOcrolus, bookUuid = 'b', version = 1): void {
  ocrolus.says(calls.bookSummary(bookUuid), { body: { number_of_docs_processed: version } });
  ocrolus.says(calls.cashFlowFeatures(bookUuid), { body: { num_of_months: version } });
  ocrolus.says(calls.enrichedTransactions(bookUuid), { body: { version, enriched_transactions: [] } });
}

/**
 * Lets Ocrolus have everything that a verified book has by the default policy, and signals of each document for the events
 * that name it; what is only probed is refused.
 *
 * @param docUuids its documents, all verified.
 */
export function saysEverything(
  ocrolus: ScriptedOcrolus,
  bookUuid = 'b',
  docUuids: readonly string[] = ['d'],
): void {
  saysStatus(
    ocrolus,
    bookUuid,
    'VERIFIED',
    docUuids.map((uuid) => document(uuid)),
  );
  for (const docUuid of docUuids) {
    saysCaptured(ocrolus, bookUuid, docUuid);
    ocrolus.says(calls.documentSignals(docUuid), signals(bookUuid, { [docUuid]: 'COMPLETED' }));
  }
  saysAnalytics(ocrolus, bookUuid);
  const states = Object.fromEntries(docUuids.map((uuid) => [uuid, 'COMPLETED']));
  ocrolus.says(calls.bookSignals(bookUuid), signals(bookUuid, states));
  const probes = [
    calls.incomeCalculations(bookUuid),
    calls.incomeSummary(bookUuid),
    calls.classificationSummary(bookUuid),
    calls.suspiciousActivityFlags(bookUuid),
    calls.analytics({ bookUuid }),
  ];
  for (const call of probes) ocrolus.says(call, FORBIDDEN);
}
