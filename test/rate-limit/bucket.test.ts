import { expect, test } from 'vitest';
import { openBucket } from '../../shared/rate-limit/bucket.ts';
import { MAX_PAUSE_SECONDS } from '../../shared/rate-limit/limiter.ts';
import { useTables } from '../store/testing/table.ts';

const createTable = useTables();
const INTERVAL_MS = 50;
const START = Date.parse('2026-02-01T00:00:00Z');
const rateLimited = { class: 'retry', code: 'rate-limit' };

/** Two processes with the same clock. */
const openTwo = async () => {
  const table = await createTable();
  let time = START;
  const now = () => time;
  const advance = (milliseconds: number) => {
    time += milliseconds;
  };
  return { table, one: openBucket(table, now), other: openBucket(table, now), now, advance };
};

test('permits of many processes follow each other and never overlap', async () => {
  const { table, now } = await openTwo();
  const sizes = [1, 3, 10];
  const blocks = await Promise.all(
    Array.from({ length: 5 }, () => openBucket(table, now)).flatMap((bucket) =>
      sizes.map(async (permits) => ({
        first: await bucket.reserve('LIGHT', permits, INTERVAL_MS, 60_000),
        permits,
      })),
    ),
  );
  let expected = START;
  for (const { first, permits } of blocks.sort((a, b) => a.first - b.first)) {
    expect(first).toBe(expected);
    expected += permits * INTERVAL_MS;
  }
});

test('a queue that is too long is a rate limit, and says when it ends', async () => {
  const { one } = await openTwo();
  await one.reserve('LIGHT', 10, 1000, 5000);
  await expect(one.reserve('LIGHT', 1, 1000, 5000)).rejects.toMatchObject({
    ...rateLimited,
    retryAfterSeconds: 10,
  });
  expect(await one.reserve('LIGHT', 1, 1000, 20_000)).toBe(START + 10_000);
});

test('unused capacity is lost, not saved up', async () => {
  const { one, other, advance, now } = await openTwo();
  await one.reserve('LIGHT', 1, INTERVAL_MS, 1000);
  advance(10_000);
  expect(await other.reserve('LIGHT', 1, INTERVAL_MS, 1000)).toBe(now());
});

test('each limit has its own queue', async () => {
  const { one } = await openTwo();
  await one.reserve('HEAVY', 1, 60_000, 100_000);
  expect(await one.reserve('LIGHT', 1, INTERVAL_MS, 0)).toBe(START);
});

test('a process that expects a queue reserves without one', async () => {
  const { one, advance, now } = await openTwo();
  await one.reserve('LIGHT', 10, INTERVAL_MS, 1000);
  await one.reserve('LIGHT', 1, INTERVAL_MS, 1000);
  advance(10_000);
  expect(await one.reserve('LIGHT', 1, INTERVAL_MS, 1000)).toBe(now());
});

test('the item is in the partition limiter', async () => {
  const { table, one } = await openTwo();
  await one.reserve('LIGHT', 2, INTERVAL_MS, 1000);
  await one.pause('LIGHT', 5);
  expect(await table.get({ bookId: 'limiter', item: 'LIGHT' })).toMatchObject({
    nextAt: START + 5000,
    pausedUntil: START + 5000,
  });
});

test('no process gets a permit within a pause, and a pause is never shortened', async () => {
  const { one, other } = await openTwo();
  await one.pause('LIGHT', 5);
  await one.pause('LIGHT', 2);
  await expect(other.reserve('LIGHT', 1, INTERVAL_MS, 1000)).rejects.toMatchObject({
    ...rateLimited,
    retryAfterSeconds: 5,
  });
  expect(await other.reserve('LIGHT', 1, INTERVAL_MS, 10_000)).toBe(START + 5000);
});

test('a pause is at most a minute long', async () => {
  const { one, other } = await openTwo();
  await one.pause('LIGHT', 86_400);
  expect(await other.reserve('LIGHT', 1, INTERVAL_MS, 100_000)).toBe(START + MAX_PAUSE_SECONDS * 1000);
});

test('a pause shorter than the queue voids the permits within it, once their holder learns about it', async () => {
  const { one, other } = await openTwo();
  const first = await one.reserve('LIGHT', 100, INTERVAL_MS, 60_000);
  await other.pause('LIGHT', 1);
  await other.pause('LIGHT', 0.5);
  expect(await one.isVoid('LIGHT', first)).toBe(false);
  await one.reserve('LIGHT', 1, INTERVAL_MS, 60_000);
  expect(await one.isVoid('LIGHT', first)).toBe(true);
  expect(await one.isVoid('LIGHT', START + 999)).toBe(true);
  expect(await one.isVoid('LIGHT', START + 1000)).toBe(false);
  expect(await one.isVoid('HEAVY', first)).toBe(false);
});
