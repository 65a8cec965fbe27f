import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import type { OcrolusClient } from '../../../../shared/ocrolus/client.ts';
import { markForgotten } from '../../../../shared/store/removal/tombstones.ts';
import { iso } from '../../../../shared/time.ts';
import { observation, second, WRITER, writeAll } from '../../../shared/store/testing/observations.ts';
import type { BookList } from '../testing/book-list.ts';
import type { PollerHarness } from '../testing/harness.ts';
import { type AccountList, createAccountList } from './testing/account-list.ts';

const DAY = 86_400;
/** Before the start of the tests' day. */
const daysAgo = (days: number) => iso(Date.parse(second(0)) - days * DAY * 1000);
let account: AccountList;
let harness: PollerHarness;
let list: BookList;
beforeEach(async () => {
  account = await createAccountList();
  ({ harness, list } = account);
});
const run: AccountList['run'] = (asked) => account.run(asked);
const found = async () => (await harness.due()).map(({ bookId }) => bookId).sort();

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
  // Reading them again costs no more than any other known book.
  list.xid = () => 'loan';
  await run();
  const { usage } = account.table;
  const { reads } = usage;
  await run();
  expect(usage.reads - reads).toBe(3 + 2);
});

test("a discovered book has what the list says; an announced one gets the lender's own key from it", async () => {
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
  expect(await harness.reader.book(discovered)).toMatchObject({
    bookUuid: discovered,
    bookPk: '2',
    name: 'book 2',
    account: WRITER.account,
    source: 'poll',
    xid: 'loan-2',
  });
  // An observation says nothing of it, and does not take it away.
  await writeAll(harness.table, [observation(announced, 60, 'VERIFYING')]);
  expect(await harness.reader.book(announced)).toMatchObject({ status: 'VERIFYING', xid: 'loan-1' });
});

test('every book of the account becomes due, a page with each call; later runs read what is new first', async () => {
  list.add(250);
  const counts: number[] = [];
  for (const pages of [1, 2, 3]) {
    counts.push((await account.page()).found);
    expect(list.pages).toBe(pages);
  }
  expect(counts).toEqual([100, 99, 51]);
  expect(await found()).toEqual(list.uuids());
  await run();
  list.add(3);
  expect(await account.page()).toEqual({ found: 3, isCaughtUp: false });
});

test.each([0n, 1n])('a list without recent books costs one call: book %i has no time', async (undated) => {
  list.createdAt = (pk) => (pk === undated ? undefined : '2026-01-01T00:00:00Z');
  list.add(250);
  await run();
  list.pages = 0;
  expect(await account.page()).toEqual({ found: 0, isCaughtUp: true });
});

test('what was created before `poll.discoverFrom` is left out, and costs no read', async () => {
  list.createdAt = (pk) => `${pk <= 150n ? '2025-12-31' : '2026-01-01'}T12:00:00`;
  list.add(160);
  const settings = { POLL_DISCOVER_FROM: '2026-01-01' };
  expect(await run({ settings })).toBe(10);
  expect(await account.isKnown('book-150')).toBe(false);
  expect((await account.cursor()).places.new).toEqual({ offset: 160, lastPk: '160' });
});

test.each<[string, string | undefined, string, Record<string, string>]>([
  ['without a time of creation', undefined, '2025-12-31', { POLL_DISCOVER_FROM: '2026-01-01' }],
  ['that would not have expired', daysAgo(399), daysAgo(401), { DOCUMENT_DAYS: '400' }],
])('a book %s is discovered, one that is too old is not', async (_what, created, old, settings) => {
  list.createdAt = (pk) => (pk === 1n ? created : old);
  list.add(2);
  expect(await run({ settings })).toBe(1);
  expect(await found()).toEqual(['book-1']);
});

test('a list that is not paged is read at once, a thousand books at a time', async () => {
  list.paged = false;
  list.add(1200);
  expect((await account.page()).found).toBe(1000);
  expect(await run()).toBe(200);
  list.deleteFirst(100);
  list.add(1);
  expect(await run()).toBe(1);
  expect(await run()).toBe(0);
});

test('a list that is not paged and has as many books as a page does not keep a run busy', async () => {
  list.add(100);
  const whole = calls.books(100, 0);
  const client: OcrolusClient = { ...list.client, get: (_, deadline) => list.client.get(whole, deadline) };
  expect(await run({ list: { ...list, client } })).toBe(100);
});

test('pages that are shorter than asked for are no end of the list', async () => {
  list.add(250);
  const get: OcrolusClient['get'] = (call, deadline) =>
    list.client.get({ ...call, query: { ...call.query, limit: '50' } }, deadline);
  const shorter = { ...list, client: { ...list.client, get } };
  while ((await run({ list: shorter })) > 0);
  expect(await found()).toHaveLength(250);
  list.nextPk += 1n;
  list.add(1);
  await run({ list: shorter });
  list.addLate(251n);
  expect(await run({ list: shorter })).toBe(1);
});

test('when nearly all of a long list is deleted, few calls find the place again', async () => {
  list.createdAt = () => '2026-01-01T00:00:00Z';
  list.add(20_000);
  await run();
  list.deleteFirst(19_990);
  list.add(1);
  list.pages = 0;
  expect(await run()).toBe(1);
  expect(list.pages).toBeLessThan(12);
});

test('entries that cannot be read hide no other, however many there are', async () => {
  list.add(600);
  for (let pk = 50n; pk <= 450n; pk += 1n) list.unreadable.add(pk);
  list.unreadable.add(600n);
  expect(await run()).toBe(600 - 402);
  list.add(1);
  expect(await run()).toBe(1);
  for (const pk of [50n, 450n, 600n]) list.unreadable.delete(pk);
  expect(await run()).toBe(3);
});

test('an item that this version cannot read stops neither the other books nor the list', async () => {
  await account.table.put({ bookId: 'pk-2', item: 'BOOK', status: 7 });
  list.add(3);
  expect(await run()).toBe(2);
  list.add(1);
  expect(await run()).toBe(1);
});
