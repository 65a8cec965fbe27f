import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { beforeEach } from 'vitest';
import { resultItem } from '../../../../shared/store/keys.ts';
import { createReader, type Reader } from '../../../../shared/store/reader.ts';
import { type ResultWrite, writeResult } from '../../../../shared/store/results.ts';
import type { Item, Table } from '../../../../shared/store/table.ts';
import { type MemoryBodies, memoryBodies } from './bodies.ts';
import { type MemoryTable, memoryTable } from './memory-table.ts';
import { second } from './observations.ts';

/** Prepares the tests of one file: each stores and reads results of a book, in a table of its own. */
export function useResults() {
  const bookId = randomUUID();
  let table: MemoryTable;
  let bodies: MemoryBodies;
  let reader: Reader;
  beforeEach(async () => {
    table = await memoryTable();
    bodies = memoryBodies();
    reader = createReader(table, bodies);
  });

  /** An answer that was asked for at the n-th second. */
  const written = (text: string | Buffer, n: number, more: Partial<ResultWrite> = {}): ResultWrite => ({
    bookId,
    kind: 'income',
    subject: bookId,
    operation: 'income-summary',
    body: Buffer.from(text),
    answers: { wanted: 1, at: second(n) },
    generation: 1,
    summary: { incomes: 1 },
    ...more,
  });
  const store = (write: ResultWrite, on: Table = table) => writeResult(on, bodies, write);
  return {
    get table() {
      return table;
    },
    get bodies() {
      return bodies;
    },
    get reader() {
      return reader;
    },
    bookId,
    written,
    store,
    /** @returns the outcome. */
    write: async (...args: Parameters<typeof written>) => (await store(written(...args))).outcome,
    /** An answer for a mark. */
    answer: (text: string, wanted: number, n: number) =>
      store(written(text, 0, { answers: { wanted, at: second(n) } })),
    stored: (subject = bookId) => table.get({ bookId, item: resultItem('income', subject) }),
  };
}

export function bodyInItem(item: Item | undefined): Buffer {
  if (!(item?.body instanceof Uint8Array)) throw new Error('no body in the item');
  return gunzipSync(item.body);
}
