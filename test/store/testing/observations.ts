import { randomUUID } from 'node:crypto';
import type { BookObservation, ObservedDocument } from '../../../shared/events/envelope.ts';
import { type WriteOutcome, writeBook } from '../../../shared/store/books.ts';
import { readKnownBook } from '../../../shared/store/known-books.ts';
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

/** Who writes, when nothing depends on it. */
export const WRITER = { account: 'default', source: 'webhook', now: second(0) } as const;

/** Writes observations one after the other; tells what became of each. */
export async function writeAll(
  table: Table,
  observations: readonly BookObservation[],
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (const seen of observations) outcomes.push((await writeBook(table, seen, WRITER)).outcome);
  return outcomes;
}

export async function generationOf(table: Table, bookUuid: string): Promise<number | undefined> {
  return (await readKnownBook(table, bookUuid))?.generation;
}
