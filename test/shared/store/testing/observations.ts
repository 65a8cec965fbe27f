import { randomUUID } from 'node:crypto';
import type { Entries } from '../../../../shared/checklist/entry.ts';
import { DEFAULT_RESULTS } from '../../../../shared/checklist/kinds.ts';
import { timesOf } from '../../../../shared/checklist/times.ts';
import type { BookObservation, ObservedDocument } from '../../../../shared/events/observation.ts';
import { observeBook, observeDocument } from '../../../../shared/reconcile/observation/apply.ts';
import { type Book, updateBook, type Writer } from '../../../../shared/store/books.ts';
import { updateDocument } from '../../../../shared/store/documents.ts';
import type { Table } from '../../../../shared/store/table.ts';

/** The n-th second of the day that every test plays on. */
export function second(n: number): string {
  return new Date(Date.parse('2026-03-02T08:00:00.000Z') + n * 1000).toISOString();
}

export function document(status: string, docUuid: string = randomUUID()): ObservedDocument {
  return { docUuid, status };
}

export function observation(
  bookUuid: string,
  n: number,
  status: string,
  documents: readonly ObservedDocument[] = [],
): BookObservation {
  return { bookUuid, observedAt: second(n), status, documents: [...documents] };
}

/** The times of a deployment with default settings. */
export const TIMES = timesOf({
  POLL_MIN_SECONDS: 300,
  POLL_MAX_SECONDS: 21_600,
  POLL_GRACE_SECONDS: 600,
  POLL_HORIZON_DAYS: 30,
  TIME_SCALE: 1,
});

/** A writer, for tests in which it does not matter. */
export const WRITER: Writer = { account: 'default', source: 'webhook', now: Date.parse(second(0)) };

/** The book after an observation. */
export function observed(book: Book | undefined, seen: BookObservation, writer: Partial<Writer> = {}): Book {
  return observeBook(book, {
    observation: seen,
    writer: { ...WRITER, ...writer },
    policy: DEFAULT_RESULTS,
    times: TIMES,
  });
}

/** Writes an observation. */
export function writeBook(
  table: Table,
  seen: BookObservation,
  writer: Partial<Writer> = {},
): Promise<Book | undefined> {
  return updateBook(table, seen.bookUuid, (book) => observed(book, seen, writer));
}

/** Writes observations one after the other. */
export async function writeAll(table: Table, observations: readonly BookObservation[]): Promise<void> {
  for (const seen of observations) await writeBook(table, seen);
}

/** Writes a document as the book shows it, with these entries. */
export function writeDocument(table: Table, bookId: string, seen: ObservedDocument, entries: Entries = {}) {
  const observed = { bookId, document: seen, observedAt: second(1), generation: 1 };
  return updateDocument(table, { bookId, docUuid: seen.docUuid }, (known) => ({
    ...observeDocument(known, observed, { now: Date.parse(second(1)), times: TIMES }),
    entries,
  }));
}

/** Seconds that a webhook may take before the poller asks for results. */
export const GRACE = TIMES.grace / 1000;
