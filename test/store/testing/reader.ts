import { randomUUID } from 'node:crypto';
import { beforeEach } from 'vitest';
import type { Entries } from '../../../shared/checklist/entry.ts';
import { observeDocument, updateDocument } from '../../../shared/store/documents.ts';
import { createReader, type Reader } from '../../../shared/store/reader.ts';
import { type ResultWrite, writeResult } from '../../../shared/store/results.ts';
import type { Table } from '../../../shared/store/table.ts';
import { type MemoryBodies, memoryBodies } from './bodies.ts';
import { type document, second } from './observations.ts';
import { useTables } from './table.ts';

/** For the tests of one file: each reads a book of its own, from a table of its own. */
export function useReader() {
  const createTable = useTables();
  let table: Table;
  let bodies: MemoryBodies;
  let reader: Reader;
  let bookUuid: string;

  beforeEach(async () => {
    table = await createTable();
    bodies = memoryBodies();
    reader = createReader(table, bodies);
    bookUuid = randomUUID();
  });
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
    get bookUuid() {
      return bookUuid;
    },
    writeDocument: (one: ReturnType<typeof document>, entries: Entries = {}) =>
      updateDocument(table, { bookId: bookUuid, docUuid: one.docUuid }, (known) => ({
        ...observeDocument(known, { bookId: bookUuid, document: one, observedAt: second(1), generation: 1 }),
        entries,
      })),
    writeBody: (
      body: Buffer | string,
      { kind, subject = bookUuid, set }: Partial<Pick<ResultWrite, 'kind' | 'subject' | 'set'>> = {},
    ) =>
      writeResult(table, bodies, {
        bookId: bookUuid,
        kind: kind ?? 'forms',
        subject,
        operation: 'doc-form-data',
        body: Buffer.from(body),
        fetchedAt: second(1),
        generation: 1,
        summary: { forms: 2 },
        ...(set !== undefined && { set }),
      }),
  };
}
