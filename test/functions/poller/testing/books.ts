import { type Book, newBook, updateBook } from '../../../../shared/store/books.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { second } from '../../../shared/store/testing/observations.ts';

/** Makes a book that only an event has named, due since a second of the tests' day. */
export async function makeBook(
  table: Table,
  bookUuid: string,
  since = 0,
  account = 'default',
): Promise<Book | undefined> {
  const writer = { account, source: 'webhook', now: Date.parse(second(since)) } as const;
  return updateBook(table, bookUuid, (book) => book ?? newBook(bookUuid, { bookUuid }, writer));
}

/** The kinds of results that a book has by default. */
export const EVERY_KIND = [
  'cash-flow',
  'enriched-transactions',
  'forms',
  'paystubs',
  'signals',
  'summary',
  'transactions',
];

export const numbered = (count: number) => Array.from({ length: count }, (_, n) => `b${n}`);
