import * as z from 'zod';
import { normaliseUuid } from '../../../shared/events/ids.ts';
import { asFailure, Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import type { Answer } from '../../../shared/ocrolus/client.ts';
import type { WriteOutcome } from '../../../shared/store/books.ts';
import { writeDocumentDetect } from '../../../shared/store/documents.ts';
import type { Observing } from '../observing.ts';
import { combine, type Observed } from '../outcome.ts';
import { knownDocuments } from './book.ts';
import { findDocument } from './documents.ts';
import { bookGeneration } from './generation.ts';
import { storeResult } from './store-result.ts';

const Analysis = z.looseObject({
  uploaded_doc_uuid: z.string().optional().catch(undefined),
  detect_status: z.string().optional().catch(undefined),
});

/** Bare, without envelope; nearly everything in it is optional (domain reference sections 3 and 11). */
const Signals = z.looseObject({
  book_uuid: z.string().optional().catch(undefined),
  doc_analysis: z.array(Analysis).optional().catch(undefined),
});

/** What Detect says of documents: uuid → status. A status that is left out counts as `COMPLETED`. */
export function readDetectStates(answer: Answer): Map<string, string> {
  const states = new Map<string, string>();
  for (const { uploaded_doc_uuid, detect_status } of Signals.safeParse(answer.json).data?.doc_analysis ??
    []) {
    const docUuid = normaliseUuid(uploaded_doc_uuid);
    if (docUuid !== undefined) states.set(docUuid, detect_status ?? 'COMPLETED');
  }
  return states;
}

/** The document that a Detect event is about. @throws Failure `refused` when it names none. */
async function documentUuid(observing: Observing): Promise<string> {
  const { ids } = observing;
  const docUuid = ids.uploadedDocUuid ?? ids.docUuid;
  if (docUuid !== undefined) return docUuid;
  const document =
    ids.uploadedDocPk === undefined ? undefined : findDocument(await observing.bookStatus(), ids);
  if (document === undefined) throw new Failure('refused', 'no-document-id');
  return document.docUuid;
}

/**
 * Stores the signals of the document that the event names, and what Detect made of it.
 *
 * @param reason why Detect could not process it, as the event says.
 * @throws Failure `later` while Detect is still at it.
 */
export async function storeDocumentSignals(
  observing: Observing,
  reason: string | undefined = undefined,
): Promise<Observed> {
  const docUuid = await documentUuid(observing);
  const answer = await observing.ask(calls.documentSignals(docUuid));
  const state = readDetectStates(answer).get(docUuid) ?? 'COMPLETED';
  if (state === 'PENDING') throw new Failure('later', 'detect-pending');

  const bookUuid = await bookOf(observing, answer);
  const generation = await bookGeneration(observing, bookUuid);
  const stored = await storeResult(
    observing,
    { bookId: bookUuid, kind: 'signals', subject: docUuid, generation },
    answer,
  );
  const written = await writeDetect(observing, {
    bookUuid,
    docUuid,
    state,
    reason,
    generation,
    at: answer.askedAt,
  });
  return { outcome: stored === 'unchanged' ? stored : combine([stored, written]) };
}

/** A Detect event may name the document only; the answer tells the book. */
async function bookOf(observing: Observing, answer: Answer): Promise<string> {
  const { bookUuid, bookPk } = observing.ids;
  if (bookUuid !== undefined) return bookUuid;
  const told = normaliseUuid(Signals.safeParse(answer.json).data?.book_uuid);
  if (told !== undefined) {
    observing.learnBookUuid(told);
    return told;
  }
  if (bookPk === undefined) throw new Failure('refused', 'no-book-id');
  return observing.bookUuid();
}

interface DetectOf {
  readonly bookUuid: string;
  readonly docUuid: string;
  readonly state: string;
  readonly reason?: string | undefined;
  readonly generation: number;
  readonly at: string;
}

function writeDetect(observing: Observing, detect: DetectOf): Promise<WriteOutcome> {
  const { bookUuid, docUuid, state, reason, generation, at } = detect;
  const progress = { state, at, ...(reason !== undefined && { reason }) };
  return writeDocumentDetect(observing.parts.table, bookUuid, docUuid, progress, generation);
}

/**
 * Detect could not process a document: keeps the reason, and the signals answer where there is one.
 *
 * @throws Failure `retry` only; a refusal of the signals is what one expects here.
 */
export async function storeUnableToProcess(
  observing: Observing,
  reason: string | undefined,
): Promise<Observed> {
  try {
    const observed = await storeDocumentSignals(observing, reason);
    return { ...observed, reason };
  } catch (error) {
    const failure = asFailure(error);
    if (failure.class === 'retry' || failure.class === 'broken') throw failure;
    const docUuid = await documentUuid(observing);
    const bookUuid = await observing.bookUuid();
    const outcome = await writeDetect(observing, {
      bookUuid,
      docUuid,
      state: 'UNABLE_TO_PROCESS',
      reason: reason ?? failure.code,
      generation: await bookGeneration(observing, bookUuid),
      at: observing.parts.now().toISOString(),
    });
    return { outcome, reason: reason ?? failure.code };
  }
}

/**
 * Stores the signals of a whole book, and what they say of each document that has not been told of by itself: its own
 * event may have been lost. When the poller asked, that goes for all of them.
 */
export async function storeBookSignals(observing: Observing, bookUuid: string): Promise<Observed> {
  const answer = await observing.ask(calls.bookSignals(bookUuid));
  const states = readDetectStates(answer);
  if ([...states.values()].includes('PENDING')) throw new Failure('later', 'detect-pending');
  const outcome = await storeResult(
    observing,
    { bookId: bookUuid, kind: 'signals', subject: bookUuid },
    answer,
  );
  const known = await knownDocuments(observing, bookUuid);
  const untold = [...states].filter(
    ([docUuid]) => observing.envelope.source === 'poll' || known.get(docUuid)?.detect === undefined,
  );
  if (untold.length === 0) return { outcome };
  const generation = await bookGeneration(observing, bookUuid);
  for (const [docUuid, state] of untold) {
    await writeDetect(observing, { bookUuid, docUuid, state, generation, at: answer.askedAt });
  }
  return { outcome };
}
