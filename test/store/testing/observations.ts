import { randomUUID } from 'node:crypto';
import { timesOf } from '../../../shared/checklist/times.ts';
import type { BookObservation, ObservedDocument } from '../../../shared/events/envelope.ts';
import { type Book, observeBook, readBook, updateBook, type Writer } from '../../../shared/store/books.ts';
import type { Table } from '../../../shared/store/table.ts';

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

/** Who writes, when nothing depends on it. */
export const WRITER: Writer = { account: 'default', source: 'webhook', now: Date.parse(second(0)) };

/** Writes an observation as consumers and poller do. */
export function writeBook(
  table: Table,
  observed: BookObservation,
  writer: Writer = WRITER,
): Promise<Book | undefined> {
  return updateBook(table, observed.bookUuid, (book) => observeBook(book, observed, writer, TIMES));
}

/** Writes observations one after the other. */
export async function writeAll(table: Table, observations: readonly BookObservation[]): Promise<void> {
  for (const seen of observations) await writeBook(table, seen);
}

export async function generationOf(table: Table, bookUuid: string): Promise<number | undefined> {
  return (await readBook(table, bookUuid))?.generation;
}

/** How long a webhook may be late before the poller sends for results, in seconds. */
export const GRACE = TIMES.grace / 1000;
