import { beforeEach, expect, test } from 'vitest';
import { writeCursor } from '../../../../functions/poller/discovery/cursor.ts';
import { START } from '../../../../shared/ocrolus/book-list.ts';
import { iso } from '../../../../shared/time.ts';
import type { BookList } from '../testing/book-list.ts';
import { type AccountList, createAccountList } from './testing/account-list.ts';

const HOUR_MS = 3_600_000;
let account: AccountList;
let list: BookList;
beforeEach(async () => {
  account = await createAccountList();
  ({ list } = account);
});
const { run, runs, isKnown }: Pick<AccountList, 'run' | 'runs' | 'isKnown'> = {
  run: () => account.run(),
  runs: (count) => account.runs(count),
  isKnown: (uuid) => account.isKnown(uuid),
};

/** Adds this many books, and one more, created last but one, that is not visible yet. */
function addBooks(before: number, after: number): bigint {
  const created = new Map<bigint, string>();
  const next = list.nextPk + BigInt(before);
  list.createdAt = (pk) => created.get(pk) ?? iso(account.harness.clock.now());
  const add = (count: number, isVisible = true) => {
    for (let n = 0; n < count; n += 1) {
      created.set(list.nextPk, iso(account.harness.clock.now()));
      if (isVisible) list.add(1);
      else list.nextPk += 1n;
    }
  };
  add(before);
  add(1, false);
  add(after);
  return next;
}

interface Late {
  /** Books before the late one, and after it. */
  readonly books?: readonly [number, number];
  readonly isUnpaged?: boolean;
  readonly isUndated?: boolean;
  /** Others that are deleted, and others that arrive, before it becomes visible. */
  readonly deleted?: number;
  readonly arriving?: number;
  /** Age at which it becomes visible. */
  readonly hours?: number;
}

test.each<[string, Late]>([
  ...[1, 2, 50, 249].map((deleted): [string, Late] => [`while ${deleted} others are deleted`, { deleted }]),
  ['in a list without pages', { isUnpaged: true }],
  ['more than a page below the last one', { books: [250, 150] }],
  ['when more books arrive than a page has', { arriving: 130 }],
  ['that becomes visible after 47 hours', { hours: 47 }],
  ['that becomes visible after 49 hours, in a list without times', { hours: 49, isUndated: true }],
])('a late book is found in the next run: %s', async (_what, late) => {
  const { books = [250, 1], arriving = 0, hours = 0 } = late;
  list.paged = !late.isUnpaged;
  const pk = addBooks(...books);
  if (late.isUndated) list.createdAt = () => undefined;
  await run();
  if (hours > 0) {
    account.harness.clock.advance(hours * 3600);
    await runs(1);
  }
  list.add(arriving);
  list.addLate(pk);
  list.deleteFirst(late.deleted ?? 0);
  expect(await runs(1)).toBe(1 + arriving);
  list.add(500);
  expect(await runs(1)).toBe(500);
});

test('an old time of creation among recent ones does not end them', async () => {
  const late = addBooks(5, 1);
  await run();
  const { createdAt } = list;
  list.createdAt = (pk) => (pk === 8n ? '2020-01-01T00:00:00Z' : createdAt(pk));
  list.add(1);
  await runs(1);
  list.addLate(late);
  expect(await runs(1)).toBe(1);
});

test('when the last book is deleted, a late one is found', async () => {
  const late = addBooks(5, 2);
  await run();
  list.delete(8n);
  await runs(1);
  list.addLate(late);
  expect(await runs(1)).toBe(1);
});

test('while a long part is read again, page by page, a new book is found by the second call', async () => {
  addBooks(1500, 0);
  const calls = async (count: number) => {
    let found = 0;
    for (let n = 0; n < count; n += 1) {
      account.harness.clock.advance(300);
      found += (await account.page()).found;
    }
    return found;
  };
  expect(await calls(20)).toBe(1500);
  list.add(1);
  expect(await calls(2)).toBe(1);
});

test('recent books and sweep do not hold up each other, and a sweep may take longer than a week', async () => {
  addBooks(2000, 0);
  await run();
  const before = await account.cursor();
  const { now } = account.harness.clock;
  const sweep = { offset: 400, lastPk: '400' };
  const places = { ...before.places, recent: START, sweep };
  await writeCursor(account.table, 'default', { ...before, places, sweptAt: now() - 200 * HOUR_MS });
  await run();
  const after = await account.cursor();
  expect([after.places.recent?.lastPk, after.places.sweep?.lastPk]).toEqual(['496', '895']);
});

test('of many recent books a run reads ten pages again, and the next one continues', async () => {
  const late = addBooks(2900, 10);
  await run();
  list.addLate(late);
  list.pages = 0;
  await runs(1);
  expect([list.pages, await isKnown(`book-${late}`)]).toEqual([11, false]);
  await runs(1);
  expect(await isKnown(`book-${late}`)).toBe(true);
});

test('books that are older than 48 hours are not read again before the next sweep', async () => {
  const late = addBooks(250, 1);
  await run();
  account.harness.clock.advance(49 * 3600);
  await runs(1);
  list.pages = 0;
  list.addLate(late);
  expect(await runs(10)).toBe(0);
  expect(list.pages).toBe(10);
  account.harness.clock.advance(5 * 24 * 3600);
  expect(await runs(1)).toBe(1);
});
