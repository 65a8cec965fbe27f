import { beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../../shared/checklist/entry.ts';
import {
  describeListed,
  dueBy,
  newBook,
  postponeLook,
  readBook,
  updateAnyBook,
  updateBook,
} from '../../../shared/store/books.ts';
import { dueShard } from '../../../shared/store/keys.ts';
import { readDue } from '../../../shared/store/polling/due.ts';
import { markForgotten } from '../../../shared/store/removal/tombstones.ts';
import type { Table } from '../../../shared/store/table.ts';
import { memoryTable } from './testing/memory-table.ts';
import { second, WRITER } from './testing/observations.ts';
import { collect } from './testing/stepwise.ts';

let table: Table;
beforeEach(async () => {
  table = await memoryTable();
});

const at = (n: number) => Date.parse(second(n));
const made = newBook('b', { bookUuid: 'b' }, { ...WRITER, now: at(5) });
const stored = () => table.get({ bookId: 'b', item: 'BOOK' });
const dueUntil = async (n: number) => (await collect(readDue(table, second(n)))).map(({ dueAt }) => dueAt);

test('a book that only an event or a list has named is due at once', () => {
  expect(made).toEqual({
    bookId: 'b',
    item: 'BOOK',
    bookUuid: 'b',
    account: 'default',
    source: 'webhook',
    generation: 1,
    revision: at(5),
    createdAt: second(5),
    updatedAt: second(5),
    dueAt: second(5),
    dueShard: dueShard('b'),
    entries: {},
  });
});

test('entries are separate attributes, and are read as they were written', async () => {
  const job = { id: 'j', wanted: 2, at: second(1) };
  const entry: Entry = {
    wanted: 3,
    answered: 2,
    tried: 3,
    tries: 1,
    since: second(1),
    nextAt: second(9),
    job,
  };
  await updateBook(table, 'b', () => ({ ...made, entries: { income: entry, 'business#x#y': entry } }));
  expect((await readBook(table, 'b'))?.entries).toEqual({ income: entry, 'business#x#y': entry });
  expect(await stored()).toMatchObject({ 'need#income': entry, 'need#business#x#y': entry });
  expect(await stored()).not.toHaveProperty('entries');
});

test('two that make the same book at once make one', async () => {
  const written = await Promise.all([1, 2].map(() => updateBook(table, 'b', (book) => book ?? made)));
  // A book that is removed and made again must not look like the former one: its revision starts with the time.
  expect(written.map((book) => book?.revision)).toEqual([at(5) + 1, at(5) + 1]);
});

test('the list of books adds what only it has, and nothing is written where nothing is new', () => {
  expect(describeListed(made, { xid: undefined, bookType: undefined })).toBe(made);
  const described = describeListed(made, { xid: 'x', bookType: 't' });
  expect(described).toEqual({ ...made, xid: 'x', bookType: 't' });
  expect(describeListed(described, { xid: 'x', bookType: undefined })).toBe(described);
});

test('an earlier due time is kept, a later one is replaced, also where there is none', () => {
  const book = { ...made, dueAt: second(100) };
  expect(dueBy(book, at(200))).toBe(book);
  expect(dueBy(book, at(100))).toBe(book);
  const early = { dueAt: second(50), dueShard: dueShard('b') };
  expect(dueBy(book, at(50))).toMatchObject(early);
  expect(dueBy({ ...made, dueAt: undefined, dueShard: undefined }, at(50))).toMatchObject(early);
});

test('nothing changes a forgotten book but the writers of tombstones', async () => {
  await updateBook(table, 'b', () => made);
  await markForgotten(table, 'b', {}, WRITER);
  const before = await stored();
  const rename = (book: typeof made | undefined) => book && { ...book, name: 'n' };
  await updateBook(table, 'b', rename);
  await updateBook(table, 'b', rename, made);
  expect(await stored()).toEqual(before);
  await updateAnyBook(table, 'b', rename);
  expect(await stored()).toMatchObject({ name: 'n' });
});

describe('a book that cannot be read', () => {
  beforeEach(async () => {
    await updateBook(table, 'b', () => made);
    await table.update({ bookId: 'b', item: 'BOOK' }, { set: { generation: 'second' } });
  });

  test('is postponed without being read, also one that was not due at all', async () => {
    const before = await stored();
    await postponeLook(table, 'b', at(900));
    expect(await stored()).toEqual({ ...before, dueAt: second(900) });
    await table.update({ bookId: 'b', item: 'BOOK' }, { set: { dueAt: undefined, dueShard: undefined } });
    await postponeLook(table, 'b', at(900));
    expect(await dueUntil(899)).toEqual([]);
    expect(await dueUntil(900)).toEqual([second(900)]);
  });

  test('is not made where there is none', async () => {
    await postponeLook(table, 'another', at(900));
    expect(await table.get({ bookId: 'another', item: 'BOOK' })).toBeUndefined();
  });
});
