import { randomUUID } from 'node:crypto';
import { beforeEach } from 'vitest';
import type { BookObservation } from '../../../shared/events/envelope.ts';
import { type Book, observeBook, readBook } from '../../../shared/store/books.ts';
import type { Table } from '../../../shared/store/table.ts';
import { second, TIMES, WRITER } from './observations.ts';
import { useTables } from './table.ts';

export const at = (n: number) => Date.parse(second(n));

export const observed = (book: Book | undefined, seen: BookObservation, now = 0) =>
  observeBook(book, seen, { ...WRITER, now: at(now) }, TIMES);

/** For the tests of one file: each has a book of its own, in one table for all tests. */
export function useBook() {
  const createTable = useTables();
  let table: Table;
  let bookUuid: string;

  beforeEach(async () => {
    table ??= await createTable();
    bookUuid = randomUUID();
  });
  return {
    get table() {
      return table;
    },
    get bookUuid() {
      return bookUuid;
    },
    stored: () => readBook(table, bookUuid),
  };
}
