import { randomUUID } from 'node:crypto';
import { beforeEach } from 'vitest';
import type { Entries } from '../../../shared/checklist/entry.ts';
import type { ObservedDocument } from '../../../shared/events/observation.ts';
import { observeDocument } from '../../../shared/reconcile/apply-observation.ts';
import { updateDocument } from '../../../shared/store/documents.ts';
import { createReader, type Reader } from '../../../shared/store/reader.ts';
import { type ResultWrite, writeResult } from '../../../shared/store/results.ts';
import type { Table } from '../../../shared/store/table.ts';
import { type MemoryBodies, memoryBodies } from './bodies.ts';
import { memoryTable } from './memory-table.ts';
import { second, TIMES } from './observations.ts';

/** Prepares the tests of one file: each reads a book of its own, from a table of its own. */
export function useReader() {
  let table: Table;
  let bodies: MemoryBodies;
  let reader: Reader;
  let bookUuid: string;

  beforeEach(async () => {
    table = await memoryTable();
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
    writeDocument: (document: ObservedDocument, entries: Entries = {}) =>
      updateDocument(table, { bookId: bookUuid, docUuid: document.docUuid }, (known) => {
        const seen = { bookId: bookUuid, document, observedAt: second(1), generation: 1 };
        return { ...observeDocument(known, seen, { now: Date.parse(second(1)), times: TIMES }), entries };
      }),
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
        answers: { wanted: 1, at: second(1) },
        generation: 1,
        summary: { forms: 2 },
        ...(set !== undefined && { set }),
      }),
  };
}
