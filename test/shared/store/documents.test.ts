import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { Entry } from '../../../shared/checklist/entry.ts';
import {
  type Document,
  readDocument,
  readDocuments,
  updateDocument,
} from '../../../shared/store/documents.ts';
import { documentItem } from '../../../shared/store/keys.ts';
import type { Table } from '../../../shared/store/table.ts';
import { memoryTable } from './testing/memory-table.ts';
import { second } from './testing/observations.ts';

let table: Table;
const bookId = randomUUID();
beforeEach(async () => {
  table = await memoryTable();
});

const forms: Entry = { wanted: 2, answered: 2, state: 'stored', at: second(2) };

const write = (docUuid: string, more: Partial<Document> = {}) =>
  updateDocument(table, { bookId, docUuid }, (known) => ({
    bookId,
    item: documentItem(docUuid),
    docUuid,
    status: 'VERIFICATION_COMPLETE',
    observedAt: second(1),
    generation: 1,
    revision: known?.revision ?? 0,
    entries: known?.entries ?? {},
    ...more,
  }));
const stored = (docUuid: string) => table.get({ bookId, item: documentItem(docUuid) });

test('the documents of a book are read together, by uuid, with their entries; each entry is an attribute', async () => {
  await write('a', { entries: { forms } });
  await write('b');
  const { byUuid, unreadable } = await readDocuments(table, bookId);
  expect([...byUuid.keys()]).toEqual(['a', 'b']);
  expect(byUuid.get('a')?.entries).toEqual({ forms });
  expect(unreadable).toEqual([]);
  expect(await stored('a')).toMatchObject({ 'need#forms': forms });
  expect(await stored('a')).not.toHaveProperty('entries');
});

test.each<[string, Record<string, unknown>]>([
  ['has an attribute of another type', { status: 7 }],
  ['lacks an attribute', { observedAt: undefined }],
  ['has an entry of another shape', { 'need#forms': { marks: [1, 2] } }],
])('a document that %s is unreadable, and the others are read', async (_what, damage) => {
  for (const docUuid of ['a', 'b', 'c']) await write(docUuid);
  await table.update({ bookId, item: documentItem('b') }, { set: damage });
  const damaged = await stored('b');

  const { byUuid, unreadable } = await readDocuments(table, bookId);
  expect([...byUuid.keys()]).toEqual(['a', 'c']);
  expect(unreadable).toEqual(['b']);
  const expected = { class: 'retry', code: 'unreadable-item' };
  await expect(readDocument(table, bookId, 'b')).rejects.toMatchObject(expected);
  await expect(write('b')).rejects.toMatchObject(expected);
  expect(await stored('b')).toEqual(damaged);
});

test('a failure of the table is no unreadable document', async () => {
  await write('a');
  const failing: Table = {
    ...table,
    // biome-ignore lint/correctness/useYield: it fails before the first item
    async *query() {
      throw new Error('no table');
    },
  };
  await expect(readDocuments(failing, bookId)).rejects.toThrow('no table');
});
