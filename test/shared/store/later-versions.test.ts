import { beforeEach, describe, expect, test } from 'vitest';
import { afterAnswer } from '../../../shared/checklist/answer.ts';
import type { Entries } from '../../../shared/checklist/entry.ts';
import { readBook, updateBook } from '../../../shared/store/books.ts';
import { readDocument, updateDocument } from '../../../shared/store/documents.ts';
import { createReader } from '../../../shared/store/reader.ts';
import type { Item, Key, Table } from '../../../shared/store/table.ts';
import { memoryBodies } from './testing/bodies.ts';
import { memoryTable } from './testing/memory-table.ts';
import { observation, second, TIMES, writeBook } from './testing/observations.ts';

/*
 * A stage may be rolled back: this version reads what a later one has written, changes what it knows, and leaves
 * the rest as it was.
 */

let table: Table;
beforeEach(async () => {
  table = await memoryTable();
});

const now = Date.parse(second(500));
const stored = (key: Key) => table.get(key);

/** A kind that this version does not know, a known one in a state that it does not know, and attributes of both. */
const ENTRIES: Item = {
  'need#forms': { wanted: 9, answered: 9, state: 'redacted', at: second(9), hint: 'h' },
  'need#tax-forms': { wanted: 9, answered: 8, state: 'half', shape: ['unknown'] },
  'need#tax-forms#x': 'not even an object',
};

describe('a document of a later version', () => {
  const key = { bookId: 'b', item: 'DOC#d' };
  const item: Item & Key = {
    ...key,
    docUuid: 'd',
    status: 'TELEPORTED',
    observedAt: second(1),
    generation: 1,
    revision: 4,
    detect: { state: 'PONDERING', at: second(1) },
    lifecycle: { stage: 3 },
    ...ENTRIES,
  };
  const edit = (change: (entries: Entries) => Entries) =>
    updateDocument(
      table,
      { bookId: 'b', docUuid: 'd' },
      (document) => document && { ...document, entries: change(document.entries) },
    );
  beforeEach(async () => {
    await table.put(item);
  });

  test('is read with its words, and without the kinds that this version does not know', async () => {
    const document = await readDocument(table, 'b', 'd');
    expect(document).toMatchObject({ status: 'TELEPORTED', detect: { state: 'PONDERING' } });
    expect(Object.keys(document?.entries ?? {})).toEqual(['forms']);
  });

  test('keeps everything when the result is answered', async () => {
    const answer = { class: 'stored', wanted: 10, at: second(400) } as const;
    await edit(({ forms }) => ({ forms: afterAnswer(forms, answer, { now, times: TIMES }) }));
    const forms = { wanted: 10, answered: 10, state: 'stored', at: second(400), hint: 'h' };
    expect(await stored(key)).toEqual({ ...item, revision: 5, 'need#forms': forms });
  });
});

describe('a book of a later version', () => {
  const key = { bookId: 'b', item: 'BOOK' };
  const entries: Item = {
    'need#income': { wanted: 3, answered: 3, state: 'redacted', hint: 'h' },
    ...ENTRIES,
  };
  const later: Item = { source: 'replica', open: ['tax-forms'], priority: { level: 'high' }, ...entries };
  beforeEach(async () => {
    await writeBook(table, observation('b', 1, 'VERIFIED'));
    const before = await stored(key);
    await table.put({ ...before, ...key, ...later });
  });

  test('is read, and keeps everything in a write', async () => {
    const before = await stored(key);
    expect(await readBook(table, 'b')).toMatchObject({ source: 'replica', open: ['tax-forms'] });
    await updateBook(table, 'b', (book) => book && { ...book, name: 'n' });
    expect(await stored(key)).toEqual({ ...before, name: 'n', revision: Number(before?.revision) + 1 });
  });
});

test('results and deliveries of a later version are read', async () => {
  await table.put({
    bookId: 'b',
    item: 'RESULT#tax-forms#b',
    kind: 'tax-forms',
    subject: 'b',
    operation: 'tax-form-data',
    fetchedAt: second(1),
    generation: 1,
    bytes: 1,
    sha256: 'hash',
    encoding: 'gzip',
    summary: {},
    pages: { first: 1 },
  });
  await table.put({
    bookId: 'b',
    item: `EVENT#${second(1)}#d`,
    deliveryId: 'd',
    eventName: 'book.teleported',
    channel: 'teleports',
    account: 'default',
    source: 'replica',
    receivedAt: second(1),
    processedAt: second(2),
    outcome: 'postponed',
    attempts: 1,
    expiresAt: 1,
  });
  const reader = createReader(table, memoryBodies());
  expect(await reader.results('b')).toMatchObject([{ kind: 'tax-forms', pages: { first: 1 } }]);
  expect(await reader.events('b')).toMatchObject([{ channel: 'teleports', outcome: 'postponed' }]);
});
