import * as z from 'zod';
import { normaliseUuid } from '../../../shared/events/read-ids.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { text } from '../../../shared/ocrolus/lenient-fields.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import {
  askInTurn,
  type DetectState,
  type Fetch,
  type Fetched,
  type FetchTarget,
  store,
  toFetched,
} from './fetch.ts';
import type { ResultAnswer, ResultReply } from './outline.ts';

const Analysis = z.looseObject({
  uploaded_doc_uuid: text,
  detect_status: text,
});

/** Bare, without envelope; nearly everything in it is optional (docs/ocrolus.md#signals). */
const Signals = z.looseObject({
  book_uuid: text,
  doc_analysis: z.array(Analysis).optional().catch(undefined),
});

/** What Detect says about documents. A status that is left out counts as `COMPLETED`. */
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

/** The book that an answer of Detect is about. */
export function readBookUuid({ json }: Pick<ResultAnswer, 'json'>): string | undefined {
  return normaliseUuid(Signals.safeParse(json).data?.book_uuid);
}

/** Detect is still processing a document of any other state (docs/ocrolus.md#detect-statuses). */
const FINAL = new Set(['COMPLETED', 'UNABLE_TO_PROCESS', 'UNSUPPORTED', 'DELETED']);

/** The signals of a book: one body for all its documents. Pending documents do not hold up the others. */
export const fetchBookSignals: Fetch = async (context, target) => {
  const reply = await context.fetch(target.bookUuid, calls.bookSignals(target.bookUuid));
  return reply.kind === 'ok' ? storeBookSignals(context, target, reply.answer) : toFetched(reply);
};

async function storeBookSignals(
  context: DeliveryContext,
  target: FetchTarget,
  answer: ResultAnswer,
): Promise<Fetched> {
  const stored = await store(context, { ...target, subject: target.bookUuid }, answer);
  if (stored.class !== 'stored') return stored;
  // A body that lists nothing at all says nothing about any document.
  if (!isReadable(answer)) return { ...stored, class: 'not-yet', code: 'detect-pending' };
  const all = readDetectStates(answer);
  const documents = all.filter(({ state }) => FINAL.has(state));
  const pending = all.filter(({ state }) => !FINAL.has(state)).map(({ docUuid }) => docUuid);
  if (pending.length === 0) return { ...stored, documents };
  return { ...stored, class: 'not-yet', code: 'detect-pending', documents, pending };
}

/** The signals of a document, or of the upload of which the event has named a part. */
export function askForDocumentSignals(
  context: DeliveryContext,
  docUuid: string,
  mayBePart: boolean,
  bookId: string = context.bookId,
): Promise<ResultReply> {
  const parts = mayBePart ? [calls.partSignals(docUuid)] : [];
  return askInTurn(context, bookId, [calls.documentSignals(docUuid), ...parts]);
}

/**
 * The signals of one document. The event may have named a part of a split upload: the answer has the upload's uuid.
 * Where Ocrolus refuses the document's own signals, the book's are asked for (docs/ocrolus.md#signals).
 */
export const fetchDocumentSignals: Fetch = async (context, target) => {
  const mayBePart = target.docUuid === target.subject;
  const reply = await askForDocumentSignals(context, target.subject, mayBePart, target.bookUuid);
  if (reply.kind === 'not-yet') return toFetched(reply);
  if (reply.kind !== 'ok') {
    const ofBook = await fetchBookSignals(context, target);
    if (ofBook.class === 'refused' || ofBook.class === 'permanent') return toFetched(reply);
    const isCovered = ofBook.documents?.some(({ docUuid }) => docUuid === target.subject) ?? false;
    return isCovered
      ? { ...ofBook, class: 'stored' }
      : { ...ofBook, class: 'not-yet', code: 'detect-pending' };
  }
  const { answer } = reply;
  const states = readDetectStates(answer);
  const own = states.find(({ docUuid }) => docUuid === target.subject) ?? states[0];
  const state = own?.state ?? 'COMPLETED';
  if (!FINAL.has(state)) return { class: 'not-yet', code: 'detect-pending', askedAt: answer.askedAt };
  const docUuid = own?.docUuid ?? target.subject;
  const stored = await store(context, { ...target, subject: docUuid }, answer);
  if (stored.class !== 'stored') return stored;
  return { ...stored, documents: [{ docUuid, state }] };
};
