import { beforeEach, describe, expect, test } from 'vitest';
import { poll } from '../../functions/poller/poll.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { takeLease } from '../../shared/store/polling/poller-state.ts';
import type { Table } from '../../shared/store/table.ts';
import { bookStatus, error } from '../consumers/testing/answers.ts';
import { useTables } from '../store/testing/table.ts';
import { DOCUMENTS, DOWN, failingBooks, numbered } from './testing/failing-books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

const createTable = useTables();

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await createTable());
});

const { booksDue, fails } = failingBooks(() => harness);

test('every due book is polled, once', async () => {
  await booksDue(...numbered(12));
  expect(await harness.run()).toEqual({
    ran: true,
    discovered: 0,
    polled: 12,
    sent: 0,
    refused: 0,
    failed: 0,
    problems: [],
  });
  expect(harness.ocrolus.count('book-status')).toBe(12);
  expect(await harness.due()).toEqual([]);
  expect(harness.counted).toEqual(
    new Map([
      ['PollerRun', 1],
      ['BooksPolled', 12],
    ]),
  );
});

test('missing results are sent after the grace time, and counted', async () => {
  await booksDue(...numbered(12));
  await harness.run();
  harness.clock.advance(601);
  expect(await harness.run()).toMatchObject({ polled: 12, sent: 12 });
  expect(harness.counted.get('PollMessagesSent')).toBe(12);
});

test('a book that fails does not count against its account, which answers for others', async () => {
  await booksDue('b0', 'b1');
  fails('b1');
  expect(await harness.run()).toMatchObject({ polled: 1, failed: 1, problems: [] });
});

test('an account that does not answer at all is named, with the code', async () => {
  await booksDue('b0', 'b1');
  fails('b0');
  fails('b1');
  expect(await harness.run()).toMatchObject({
    failed: 2,
    problems: [{ account: 'default', code: 'network' }],
  });
});

test('an account that refuses the credentials is named', async () => {
  await booksDue('b0');
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b0' }), { httpStatus: 401, body: {} });
  expect(await harness.run()).toMatchObject({ refused: 1, problems: [{ account: 'default', code: 'auth' }] });
});

test('an account that refuses a book has answered', async () => {
  await booksDue('b0');
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b0' }), { httpStatus: 403, body: {} });
  expect(await harness.run()).toMatchObject({ refused: 1, problems: [] });
});

test('an account that refuses to show its books is named until it shows one', async () => {
  await booksDue(...numbered(25));
  for (const bookUuid of numbered(25)) {
    harness.ocrolus.says(calls.bookStatus({ bookUuid }), { httpStatus: 403, body: {} });
  }
  const problems = [{ account: 'default', code: 'http-403' }];
  expect(await harness.run()).toMatchObject({ problems });
  const asked = harness.ocrolus.count('book-status');
  // Behind the open circuit no book is asked about.
  expect(await poll(harness.dependencies, 'by hand', 300_000, 'now')).toMatchObject({
    refused: 25,
    problems,
  });
  expect(harness.ocrolus.count('book-status')).toBe(asked);
  for (const bookUuid of numbered(25)) {
    harness.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING', DOCUMENTS));
  }
  harness.clock.advance(3601);
  expect(await harness.run()).toMatchObject({ problems: [] });
});

test('many books that do not exist are no problem of their account', async () => {
  await booksDue(...numbered(25));
  for (const bookUuid of numbered(25)) {
    harness.ocrolus.says(calls.bookStatus({ bookUuid }), error(404, 1401));
  }
  expect(await harness.run()).toMatchObject({ polled: 0, problems: [] });
});

test('books that are not due cost nothing', async () => {
  await booksDue(...numbered(5));
  await harness.run();
  await harness.run();
  expect(harness.ocrolus.count('book-status')).toBe(5);
});

test('of two runs at once one polls, the other does nothing', async () => {
  await booksDue(...numbered(6));
  const reports = await Promise.all([
    poll(harness.dependencies, 'run-1', 300_000),
    poll(harness.dependencies, 'run-2', 300_000),
  ]);
  expect(reports.map(({ ran }) => ran).sort()).toEqual([false, true]);
  expect(harness.ocrolus.count('book-status')).toBe(6);
});

test('a run that was killed blocks the next ones no longer than it could have lasted', async () => {
  await takeLease(harness.table, 'dead', harness.clock.now(), harness.clock.now() + 300_000);
  expect(await harness.run()).toMatchObject({ ran: false });
  harness.clock.advance(301);
  expect(await harness.run()).toMatchObject({ ran: true });
});

test('a run that ended lets the next one run at once, even when it failed', async () => {
  await harness.run();
  const broken: Table = {
    ...harness.table,
    // biome-ignore lint/correctness/useYield: it fails before there is anything to give.
    async *queryDue() {
      throw new Error('DynamoDB is down');
    },
  };
  await expect(createPollerHarness(broken).run()).rejects.toThrow('DynamoDB is down');
  expect(await harness.run()).toMatchObject({ ran: true });
});

test('a run stops before its time is over, and the next one continues', async () => {
  await booksDue(...numbered(20));
  harness.ocrolus.before = () => harness.clock.advance(10);
  const report = await harness.run(60_000);
  expect(report.polled).toBeGreaterThan(0);
  expect(report.polled).toBeLessThan(20);
  expect((await harness.run(600_000)).polled).toBe(20 - report.polled);
});

test('calls must be answered before the time is over', async () => {
  await booksDue('b0');
  const start = harness.clock.now();
  await harness.run(60_000);
  expect(harness.ocrolus.asked.map(({ deadline }) => deadline)).toEqual([start + 50_000]);
});

describe('discovery', () => {
  test('finds a book that is polled in the same run', async () => {
    const listed = { body: { response: [{ pk: 1, book_uuid: 'new', name: 'n' }] } };
    harness = createPollerHarness(harness.table, { POLL_DISCOVER: 'true' });
    harness.ocrolus.says(calls.books(100, 0), listed);
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'new' }), bookStatus('new', 'VERIFYING'));
    expect(await harness.run()).toMatchObject({ discovered: 1, polled: 1 });
    expect(await harness.reader.book('new')).toMatchObject({ status: 'VERIFYING', bookPk: '1' });
  });

  test.each([
    ['fails', DOWN],
    ['is refused', { httpStatus: 403, body: {} }],
  ])('that %s does not stop due books from being polled', async (_, reply) => {
    await booksDue('b0');
    const { ocrolus, clock } = harness;
    const listing = createPollerHarness(harness.table, { POLL_DISCOVER: 'true' }, { ocrolus, clock });
    ocrolus.says(calls.books(100, 0), reply);
    expect(await listing.run()).toMatchObject({ ran: true, discovered: 0, polled: 1 });
  });

  test('is left out where the settings say so', async () => {
    await booksDue('b0');
    expect(await harness.run()).toMatchObject({ discovered: 0, polled: 1 });
    expect(harness.ocrolus.count('book-list')).toBe(0);
  });
});
