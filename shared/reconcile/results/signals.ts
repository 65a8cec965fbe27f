import * as z from 'zod';
import { normaliseUuid } from '../../events/read-ids.ts';
import { DETECT_PENDING } from '../../events/statuses.ts';
import { type Call, calls } from '../../ocrolus/calls.ts';
import { text } from '../../ocrolus/lenient-fields.ts';
import { askInTurn, type DetectState, type Fetch, type Fetched, store, toFetched } from './fetch.ts';
import type { ResultAnswer } from './outline.ts';

const Analysis = z.looseObject({
  uploaded_doc_uuid: text,
  detect_status: text,
});

/** The body has no envelope, and nearly everything in it is optional (docs/ocrolus.md#signals). */
const Signals = z.looseObject({
  book_uuid: text,
  doc_analysis: z.array(Analysis).optional().catch(undefined),
});

/** States of documents in an answer of Detect. A missing status counts as `COMPLETED`. */
export function readDetectStates({ json }: Pick<ResultAnswer, 'json'>): DetectState[] {
  const analyses = Signals.safeParse(json).data?.doc_analysis ?? [];
  return analyses.flatMap(({ uploaded_doc_uuid, detect_status }) => {
    const docUuid = normaliseUuid(uploaded_doc_uuid);
    return docUuid === undefined ? [] : [{ docUuid, state: detect_status ?? 'COMPLETED' }];
  });
}

function isReadable({ json }: Pick<ResultAnswer, 'json'>): boolean {
  return Signals.safeParse(json).data?.doc_analysis !== undefined;
}

/** Book that an answer of Detect is about. */
export function readBookUuid({ json }: Pick<ResultAnswer, 'json'>): string | undefined {
  return normaliseUuid(Signals.safeParse(json).data?.book_uuid);
}

/** States of documents that Detect has finished; any other is in progress (docs/ocrolus.md#detect-statuses). */
const FINAL = new Set(['COMPLETED', 'UNABLE_TO_PROCESS', 'UNSUPPORTED', 'DELETED']);

/** Fetches the signals of a book: one body for all its documents. Pending documents do not hold up the others. */
export const fetchBookSignals: Fetch = async (context, target) => {
  const reply = await context.fetch(calls.bookSignals(context.bookId));
  if (reply.kind !== 'ok') return toFetched(target, reply);
  return withStates(await store(context, target, reply.answer), reply.answer);
};

/** Adds to a stored result what the signals say of documents. It is not final while Detect is processing one. */
export function withStates(stored: Fetched, signals: ResultAnswer): Fetched {
  if (stored.class !== 'stored') return stored;
  // A body without a list says nothing about any document.
  if (!isReadable(signals)) return { ...stored, class: 'not-yet', code: DETECT_PENDING };
  const all = readDetectStates(signals);
  const documents = all.filter(({ state }) => FINAL.has(state));
  const pending = all.filter(({ state }) => !FINAL.has(state)).map(({ docUuid }) => docUuid);
  if (pending.length === 0) return { ...stored, documents };
  return { ...stored, class: 'not-yet', code: DETECT_PENDING, documents, pending };
}

/** State of a document about which the answer says nothing. */
const COMPLETED = { state: 'COMPLETED' };

/** Calls for the signals of a document. The second one also takes the uuid of a part of an upload. */
export function signalsOfDocument(docUuid: string, mayBePart: boolean): [Call, ...Call[]] {
  return [calls.documentSignals(docUuid), ...(mayBePart ? [calls.partSignals(docUuid)] : [])];
}

/**
 * Fetches the signals of one document. The event may have named a part of a split upload. If Ocrolus refuses the
 * document's own signals, the book's replace them (docs/ocrolus.md#signals).
 */
export const fetchDocumentSignals: Fetch = async (context, target) => {
  const { subject, wanted, docUuid } = target;
  const mayBePart = docUuid !== undefined && docUuid !== subject;
  let reply = await askInTurn(context, signalsOfDocument(subject, !mayBePart));
  if (reply.kind === 'refused' && mayBePart)
    reply = await askInTurn(context, signalsOfDocument(docUuid, true));
  if (reply.kind === 'refused' || reply.kind === 'permanent') {
    const marks = [{ kind: 'signals', subject: context.bookId } as const];
    return { class: 'permanent', code: reply.code, wanted, at: reply.askedAt, marks };
  }
  if (reply.kind !== 'ok') return toFetched(target, reply);
  const { answer } = reply;
  const states = readDetectStates(answer);
  const own = states.find((one) => one.docUuid === subject);
  // Of a part, the answer may have another uuid.
  const { state } = own ?? states.find((one) => !FINAL.has(one.state)) ?? states[0] ?? COMPLETED;
  if (!FINAL.has(state)) return { class: 'not-yet', code: DETECT_PENDING, wanted, at: answer.askedAt };
  const stored = await store(context, target, answer);
  return stored.class === 'stored' ? { ...stored, documents: [{ docUuid: subject, state }] } : stored;
};
