import { expect, test } from 'vitest';
import { openBucket } from '../../../shared/rate-limit/bucket.ts';
import { memoryTable } from '../store/testing/memory-table.ts';

const INTERVAL_MS = 50;
const START = Date.parse('2026-02-01T00:00:00Z');
const LATER = START + 3_600_000;
const rateLimited = { class: 'retry', code: 'rate-limit' };

/** Two processes; `skewMs` is by how much the clock of the second one is fast. */
const openTwo = async (skewMs = 0) => {
  const table = await memoryTable();
  let time = START;
  return {
    table,
    one: openBucket(table, 'LIGHT', () => time),
    other: openBucket(table, 'LIGHT', () => time + skewMs),
    advance: (milliseconds: number) => {
      time += milliseconds;
    },
    writes: () => table.requests.writes,
  };
};

test('permits of many processes follow each other and never overlap', async () => {
  const table = await memoryTable();
  const buckets = Array.from({ length: 5 }, () => openBucket(table, 'LIGHT', () => START));
  const reservations = buckets.flatMap((bucket) =>
    [1, 3, 10].map(async (permits) => ({
      first: await bucket.reserve(permits * INTERVAL_MS, START, LATER),
      permits,
    })),
  );
  let expected = START;
  for (const { first, permits } of (await Promise.all(reservations)).sort((a, b) => a.first - b.first)) {
    expect(first).toBe(expected);
    expected += permits * INTERVAL_MS;
  }
});

test('a reservation of an idle bucket, and of one with a queue, is one write', async () => {
  const { one, other, advance, writes } = await openTwo();
  await one.reserve(INTERVAL_MS, START, LATER);
  expect(writes()).toBe(1);
  await one.reserve(INTERVAL_MS, START, LATER);
  expect(writes()).toBe(2);
  // A process that knows an older queue.
  await other.reserve(100 * INTERVAL_MS, START, LATER);
  const before = writes();
  advance(100);
  await one.reserve(INTERVAL_MS, START + 130, LATER);
  expect(writes()).toBe(before + 1);
});

test('a queue that is too long is a rate limit, says when it ends, and costs no request once it is known', async () => {
  const { one, writes } = await openTwo();
  await one.reserve(10_000, START, LATER);
  await expect(one.reserve(1000, START, START + 5000)).rejects.toMatchObject({
    ...rateLimited,
    retryAfterSeconds: 10,
  });
  expect(writes()).toBe(1);
  expect(await one.reserve(1000, START, START + 20_000)).toBe(START + 10_000);
});

test('free permits are handed out from the earliest wanted one on', async () => {
  const { one, other, advance } = await openTwo();
  await one.reserve(INTERVAL_MS, START, LATER);
  advance(10_000);
  expect(await other.reserve(INTERVAL_MS, START + 9600, LATER)).toBe(START + 9600);
  expect(await one.reserve(INTERVAL_MS, START + 9600, LATER)).toBe(START + 9650);
});

test('each limit has its own queue', async () => {
  const table = await memoryTable();
  const [heavy, light] = [openBucket(table, 'HEAVY', () => START), openBucket(table, 'LIGHT', () => START)];
  await heavy.reserve(60_000, START, LATER);
  expect(await light.reserve(INTERVAL_MS, START, START)).toBe(START);
});

test('the item is in the partition limiter, and has the numbers that version 0.1.0 reads', async () => {
  const { table, one } = await openTwo();
  await one.reserve(2 * INTERVAL_MS, START, LATER);
  await one.pause(START + 5000);
  expect(await table.get({ bookId: 'limiter', item: 'LIGHT' })).toMatchObject({
    nextAt: START + 100,
    pausedUntil: START + 5000,
    writtenAt: START,
  });
});

test('a process reserves nothing within a pause that it knows, and learns of a pause when it reserves', async () => {
  const { one, other } = await openTwo();
  await one.pause(START + 5000);
  await one.pause(START + 2000);
  await expect(one.reserve(INTERVAL_MS, START, START + 1000)).rejects.toMatchObject({
    ...rateLimited,
    retryAfterSeconds: 5,
  });
  expect(other.pausedUntil()).toBe(0);
  await other.reserve(INTERVAL_MS, START, LATER);
  expect(other.pausedUntil()).toBe(START + 5000);
  expect(await other.reserve(INTERVAL_MS, START, LATER)).toBe(START + 5000);
});

test('a slow clock follows the fastest one from the first reservation on', async () => {
  const { one, other, advance } = await openTwo(3000);
  await other.reserve(INTERVAL_MS, other.now(), LATER);
  expect(one.now()).toBe(START);
  await one.reserve(INTERVAL_MS, one.now(), LATER);
  expect(one.now()).toBe(START + 3000);
  advance(10_000);
  expect(one.now()).toBe(other.now());
});

test('a process that was idle does not follow a time that has passed', async () => {
  const { one, other, advance } = await openTwo(3000);
  await other.reserve(INTERVAL_MS, other.now(), LATER);
  advance(60_000);
  await one.reserve(INTERVAL_MS, one.now(), LATER);
  expect(one.now()).toBe(START + 60_000);
});
