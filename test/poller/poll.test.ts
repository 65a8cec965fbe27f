import { beforeEach, expect, test } from 'vitest';
import { poll } from '../../functions/poller/poll.ts';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import { takeLease } from '../../shared/store/poller-state.ts';
import type { Table } from '../../shared/store/table.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { second, WRITER } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { createPollerStage, type PollerStage } from './testing/stage.ts';

const createTable = useTables();
let table: Table;
let stage: PollerStage;
beforeEach(async () => {
  table = await createTable();
  stage = createPollerStage(table);
});

const DOWN = new Failure('retry', 'network');

/** Makes books that are due, the first of them longest. */
async function booksDue(...uuids: readonly string[]): Promise<void> {
  for (const [n, bookUuid] of uuids.entries()) {
    await ensureBook(table, { bookId: bookUuid, bookUuid }, { ...WRITER, now: second(n) });
    stage.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
  }
}
const fails = (bookUuid: string) => stage.ocrolus.says(calls.bookStatus({ bookUuid }), DOWN);
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `b${n}`);

test('every due book is looked at, once', async () => {
  await booksDue(...numbered(12));
  expect(await stage.run()).toEqual({ ran: true, discovered: 0, visited: 12, sent: 12, failed: 0 });
  expect(stage.ocrolus.count('book-status')).toBe(12);
  expect(await stage.due()).toEqual([]);
  expect(stage.counted).toEqual(
    new Map([
      ['PollerRun', 1],
      ['BooksDiscovered', 0],
      ['BooksPolled', 12],
      ['PollMessagesSent', 12],
    ]),
  );
});

test('books whose time has not come cost nothing', async () => {
  await booksDue(...numbered(5));
  await stage.run();
  await stage.run();
  expect(stage.ocrolus.count('book-status')).toBe(5);
});

test('of two runs at once one looks, the other does nothing', async () => {
  await booksDue(...numbered(6));
  const reports = await Promise.all([
    poll(stage.parts, 'run-1', 300_000),
    poll(stage.parts, 'run-2', 300_000),
  ]);
  expect(reports.map(({ ran }) => ran).sort()).toEqual([false, true]);
  expect(stage.ocrolus.count('book-status')).toBe(6);
});

test('a run that died holds up the next ones no longer than it could have lasted', async () => {
  await takeLease(table, 'dead', stage.clock.now().getTime(), stage.clock.now().getTime() + 300_000);
  expect(await stage.run()).toMatchObject({ ran: false });
  stage.clock.advance(301);
  expect(await stage.run()).toMatchObject({ ran: true });
});

test('a run that ended lets the next one run at once, even when it failed', async () => {
  await stage.run();
  const broken: Table = {
    ...table,
    // biome-ignore lint/correctness/useYield: it fails before there is anything to give.
    async *query() {
      throw new Error('DynamoDB is down');
    },
  };
  await expect(createPollerStage(broken).run()).rejects.toThrow('DynamoDB is down');
  expect(await stage.run()).toMatchObject({ ran: true });
});

test('a run stops before its time is over, and the next one goes on', async () => {
  await booksDue(...numbered(20));
  const slow = { ...stage.parts, send: async () => stage.clock.advance(10) };
  const report = await poll(slow, 'run', 60_000);
  expect(report.visited).toBeGreaterThan(0);
  expect(report.visited).toBeLessThan(20);
  expect((await poll(slow, 'run', 600_000)).visited).toBe(20 - report.visited);
});

test('calls must be answered before the time is over', async () => {
  await booksDue('b0');
  const start = stage.clock.now().getTime();
  await stage.run(60_000);
  expect(stage.ocrolus.asked.map(({ deadline }) => deadline)).toEqual([start + 50_000]);
});

test('a book that fails does not hold up the others, and stays due', async () => {
  await booksDue('b0', 'b1', 'b2');
  fails('b1');
  expect(await stage.run()).toMatchObject({ visited: 2, failed: 1 });
  expect((await stage.due()).map(({ bookId }) => bookId)).toEqual(['b1']);
});

test('when Ocrolus is down the run gives up soon, and everything stays due', async () => {
  const books = numbered(40);
  await booksDue(...books);
  for (const bookUuid of books) fails(bookUuid);
  const report = await stage.run();
  expect(report).toMatchObject({ ran: true, visited: 0 });
  expect(stage.ocrolus.count('book-status')).toBeLessThan(10);
  expect(await stage.due()).toHaveLength(40);
});

test('books that always fail do not keep the poller from the others', async () => {
  const poisoned = numbered(20);
  await booksDue(...poisoned, 'good-1', 'good-2', 'good-3');
  for (const bookUuid of poisoned) fails(bookUuid);
  for (let run = 0; run < 10; run += 1) {
    await stage.run();
    stage.clock.advance(1);
  }
  expect(stage.sent.map(({ bookId }) => bookId).sort()).toEqual(['good-1', 'good-2', 'good-3']);
});

test('a book of an account that is not served any more does not hold up the others', async () => {
  await booksDue('b0', 'b1');
  await ensureBook(table, { bookId: 'x', bookUuid: 'x' }, { ...WRITER, account: 'gone' });
  expect(await stage.run()).toMatchObject({ visited: 2, failed: 1 });
});

test('a book that is discovered is looked at in the same run', async () => {
  const listed = { body: { response: [{ pk: 1, book_uuid: 'new', name: 'n' }] } };
  stage = createPollerStage(table, { POLL_DISCOVER: 'true' });
  stage.ocrolus.says(calls.books(100, 0), listed);
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'new' }), bookStatus('new', 'VERIFYING'));
  expect(await stage.run()).toMatchObject({ discovered: 1, visited: 1, sent: 1 });
});

test('when the list of books fails the due ones are looked at all the same', async () => {
  await booksDue('b0');
  const listing = createPollerStage(table, { POLL_DISCOVER: 'true' });
  listing.ocrolus.says(calls.books(100, 0), DOWN);
  listing.ocrolus.says(calls.bookStatus({ bookUuid: 'b0' }), bookStatus('b0', 'VERIFYING'));
  expect(await listing.run()).toMatchObject({ ran: true, discovered: 0, visited: 1 });
});
