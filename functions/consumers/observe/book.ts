import type { BookObservation, ObservedDocument } from '../../../shared/events/envelope.ts';
import { type BookWritten, isSeenLike, type WriteOutcome, writeBook } from '../../../shared/store/books.ts';
import {
  isKnownAs,
  type KnownDocument,
  readKnownDocuments,
  writeDocument,
} from '../../../shared/store/documents.ts';
import { readKnownBook } from '../../../shared/store/known-books.ts';
import type { Observing } from '../observing.ts';

/** Writes an observation of the book, once per batch, and makes the poller look again after the grace time. */
export function writeObservedBook(observing: Observing, observation: BookObservation): Promise<BookWritten> {
  const { batch, parts, envelope } = observing;
  return batch.once(`book ${observation.bookUuid} ${observation.observedAt}`, () =>
    writeBook(parts.table, observation, {
      ...observing.writer,
      // The poller minds its own appointments.
      ...(envelope.source === 'webhook' && { dueAt: observing.dueIn(parts.settings.POLL_GRACE_SECONDS) }),
    }),
  );
}

/**
 * Writes an observation of the book only where it says something new: a cheap read instead of a write for each
 * of many document events. The time of the last look is then not renewed; nothing relies on it.
 */
export function writeBookIfChanged(observing: Observing, observation: BookObservation): Promise<BookWritten> {
  const { batch, parts } = observing;
  return batch.once(`book if changed ${observation.bookUuid} ${observation.observedAt}`, async () => {
    const known = await readKnownBook(parts.table, observation.bookUuid);
    if (known !== undefined && isSeenLike(known, observation))
      return { outcome: 'unchanged', generation: known.generation };
    return writeObservedBook(observing, observation);
  });
}

/** Reads the stored documents of a book, once per batch. */
export function knownDocuments(observing: Observing, bookUuid: string): Promise<Map<string, KnownDocument>> {
  const { batch, parts } = observing;
  return batch.once(`documents ${bookUuid}`, () => readKnownDocuments(parts.table, bookUuid));
}

/** Writes those documents of an observation that are not stored like this yet. */
export async function writeChangedDocuments(
  observing: Observing,
  observation: BookObservation,
  generation: number,
  documents: readonly ObservedDocument[] = observation.documents,
): Promise<WriteOutcome[]> {
  const known = await knownDocuments(observing, observation.bookUuid);
  const changed = documents.filter((document) => !isKnownAs(known.get(document.docUuid), document));
  const outcomes: WriteOutcome[] = [];
  for (const group of chunks(changed, WRITES_AT_ONCE)) {
    const written = group.map((document) =>
      writeDocument(observing.parts.table, {
        bookId: observation.bookUuid,
        document,
        observedAt: observation.observedAt,
        generation,
      }),
    );
    outcomes.push(...(await Promise.all(written)));
  }
  return outcomes;
}

/** Keeps 2,000 new documents from opening 2,000 connections. */
const WRITES_AT_ONCE = 25;

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}
