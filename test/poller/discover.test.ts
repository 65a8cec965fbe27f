import { beforeEach, expect, test } from 'vitest';
import { discover } from '../../functions/poller/discover.ts';
import { Failure } from '../../shared/failure.ts';
import { readCursor } from '../../shared/store/polling/poller-state.ts';
import { markForgotten } from '../../shared/store/removal/tombstones.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { observation, WRITER, writeAll } from '../store/testing/observations.ts';
import { type BookList, createBookList } from './testing/book-list.ts';
import { createPollerHarness, type PollerHarness, pollerSettings } from './testing/harness.ts';

let harness: PollerHarness;
let list: BookList;
beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  list = createBookList();
});

/** What the poller works with, with an account's list of books. */
const dependenciesWith = (from: BookList, settings: Readonly<Record<string, string>> = {}) => ({
  ...harness.dependencies,
  settings: pollerSettings(settings),
  accounts: { names: ['default'], client: () => from.client },
});

/** @returns how many were found, of at most so many as are asked for. */
async function run(most = Number.POSITIVE_INFINITY, from = list, account = 'default'): Promise<number> {
  let discovered = 0;
  const books = discover(dependenciesWith(from), account, Number.POSITIVE_INFINITY);
  for await (const { bookId } of books) {
    expect(bookId).toContain(from.prefix);
    discovered += 1;
    if (discovered >= most) break;
  }
  return discovered;
}
const found = async () => (await harness.due()).map(({ bookId }) => bookId).sort();

test('every book of the account becomes due, page by page', async () => {
  list.add(250);
  expect(await run()).toBe(250);
  expect(await found()).toEqual(list.uuids());
  expect(list.pages).toBe(3);
});

test('a book that is stored already is neither discovered nor changed', async () => {
  list.add(2);
  const [known = ''] = list.uuids();
  await writeAll(harness.table, [observation(known, 0, 'VERIFIED')]);
  const before = await harness.reader.book(known);
  expect(await run()).toBe(1);
  expect(await harness.reader.book(known)).toEqual(before);
});

test('a book that was forgotten, by either id, is not discovered', async () => {
  list.add(3);
  const [first = '', , third = ''] = list.uuids();
  await markForgotten(harness.table, first, {}, WRITER);
  await markForgotten(harness.table, 'pk-3', { bookPk: '3' }, WRITER);
  expect(await run()).toBe(1);
  for (const uuid of [first, third]) {
    expect(await harness.reader.book(uuid)).toMatchObject({ status: 'FORGOTTEN' });
    expect(await harness.reader.book(uuid)).not.toHaveProperty('name');
  }
});

test("a book has the lender's own key, whether it was discovered or announced", async () => {
  list.xid = (pk) => `loan-${pk}`;
  list.add(2);
  const [announced = '', discovered = ''] = list.uuids();
  await writeAll(harness.table, [observation(announced, 0, 'VERIFIED')]);
  const before = await harness.reader.book(announced);
  expect(await run()).toBe(1);
  expect(await harness.reader.book(announced)).toEqual({
    ...before,
    xid: 'loan-1',
    revision: (before?.revision ?? 0) + 1,
  });
  expect(await harness.reader.book(discovered)).toMatchObject({ xid: 'loan-2' });
  // An observation says nothing of it, and does not take it away.
  await writeAll(harness.table, [observation(announced, 60, 'VERIFYING')]);
  expect(await harness.reader.book(announced)).toMatchObject({ status: 'VERIFYING', xid: 'loan-1' });
});

test('what was discovered has its pk, its name and its account', async () => {
  list.add(1);
  await run();
  const [uuid = ''] = list.uuids();
  expect(await harness.reader.book(uuid)).toMatchObject({
    bookUuid: uuid,
    bookPk: '1',
    name: 'book 1',
    account: WRITER.account,
    source: 'poll',
  });
});

test('the next run continues where the last one stopped', async () => {
  list.add(250);
  await run();
  list.pages = 0;
  list.add(3);
  expect(await run()).toBe(3);
  expect(list.pages).toBe(1);
});

test('what was found is handed out as the index shows it', async () => {
  list.add(1);
  const books = discover(dependenciesWith(list), 'default', Number.POSITIVE_INFINITY);
  const { value } = await books.next();
  expect([value]).toEqual(await harness.due());
});

test('books that were created before the first discovery are left out', async () => {
  const day = (date: string) => `${date}T12:00:00`;
  list.createdAt = (pk) => (pk <= 150n ? day('2025-12-31') : pk === 151n ? undefined : day('2026-01-01'));
  list.add(160);
  let discovered = 0;
  const settings = { POLL_DISCOVER_FROM: '2026-01-01' };
  for await (const _ of discover(dependenciesWith(list, settings), 'default', Number.POSITIVE_INFINITY)) {
    discovered += 1;
  }
  // What does not say when it was created is discovered.
  expect(discovered).toBe(10);
  expect(await readCursor(harness.table, 'default')).toEqual({ offset: 160, lastPk: '160' });
});

test.each([true, false])(
  'no more becomes due than is asked for, and nothing is lost by stopping (paged: %s)',
  async (paged) => {
    list.paged = paged;
    list.add(230);
    const steps = [1, 42, 57, 1, 99, 30];
    const due = [1, 43, 100, 101, 200, 230];
    for (const [n, most] of steps.entries()) {
      expect(await run(most)).toBe(most);
      expect((await found()).length).toBe(due[n]);
    }
    expect(await run()).toBe(0);
    expect(await found()).toEqual(list.uuids());
  },
);

test('it continues within a page where it was stopped, without reading anything twice', async () => {
  list.add(90);
  await run(40);
  expect(await readCursor(harness.table, 'default')).toEqual({ offset: 40, lastPk: '40' });
  list.pages = 0;
  expect(await run()).toBe(50);
  expect(list.pages).toBe(1);
});

test('books before the place where it was stopped may be deleted', async () => {
  list.add(100);
  await run(40);
  list.deleteFirst(50);
  expect(await run()).toBe(50);
});

test('of a list that is not paged no more is discovered in one run than of a paged one', async () => {
  list.paged = false;
  list.add(1200);
  expect(await run()).toBe(1000);
  expect(await run()).toBe(200);
});

test('a backlog is discovered over several runs', async () => {
  list.add(1500);
  const first = await run();
  expect(first).toBeGreaterThan(900);
  expect(first).toBeLessThan(1500);
  expect(first + (await run())).toBe(1500);
});

test.each([1, 3, 120, 250])('when %i old books are deleted, a new one is still found', async (deleted) => {
  list.add(250);
  await run();
  list.deleteFirst(deleted);
  list.add(2);
  expect(await run()).toBe(2);
  list.add(1);
  expect(await run()).toBe(1);
});

test.each([1, 5])('a book that becomes visible after one with a higher pk is found (%i)', async (count) => {
  list.add(250);
  list.nextPk += BigInt(count);
  list.add(1);
  await run();
  for (let n = 1; n <= count; n += 1) list.addLate(250n + BigInt(n));
  expect(await run()).toBe(count);
  expect(await found()).toEqual(list.uuids());
  list.pages = 0;
  list.add(1);
  expect(await run()).toBe(1);
  expect(list.pages).toBe(1);
});

test('when more are deleted than one run can step back, a later run finds the new ones', async () => {
  list.add(2500);
  for (let n = 0; n < 3; n += 1) await run();
  list.deleteFirst(2400);
  list.add(1);
  let discovered = 0;
  for (let n = 0; n < 4; n += 1) discovered += await run();
  expect(discovered).toBe(1);
});

test('an Ocrolus that does not page gives all of them each time', async () => {
  list.paged = false;
  list.add(250);
  expect(await run()).toBe(250);
  list.deleteFirst(100);
  list.add(1);
  expect(await run()).toBe(1);
  expect(await run()).toBe(0);
});

test('pks are compared as numbers, beyond what a number can hold', async () => {
  list.nextPk = 9007199254740991n;
  list.add(1);
  await run();
  list.add(1);
  list.add(1);
  expect(await run()).toBe(2);
  expect(await readCursor(harness.table, 'default')).toMatchObject({ lastPk: '9007199254740993' });
});

test('what was read before a failure stays read', async () => {
  list.add(250);
  list.failAtPage = 2;
  await expect(run()).rejects.toBeInstanceOf(Failure);
  list.failAtPage = undefined;
  expect(await run()).toBe(150);
});

test('accounts are read on their own', async () => {
  list.add(3);
  await run();
  const other = createBookList('other');
  other.add(2);
  expect(await run(Number.POSITIVE_INFINITY, other, 'lending')).toBe(2);
});
