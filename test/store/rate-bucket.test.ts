import { expect, test } from 'vitest';
import { openRateBucket } from '../../shared/store/rate-bucket.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
const INTERVAL = 50;

test('turns of many callers follow each other and never overlap', async () => {
  const table = await createTable();
  const buckets = Array.from({ length: 5 }, () => openRateBucket(table));
  const reservations = await Promise.all(
    buckets.flatMap((bucket) => [1, 3, 10].map((turns) => bucket.reserve('LIGHT', turns, INTERVAL, 60_000))),
  );
  const blocks = reservations
    .map((first, index) => ({ first: first ?? Number.NaN, length: ([1, 3, 10][index % 3] ?? 0) * INTERVAL }))
    .sort((a, b) => a.first - b.first);
  for (const [index, { first }] of blocks.slice(1).entries()) {
    const before = blocks[index];
    expect(first).toBeGreaterThanOrEqual((before?.first ?? Number.NaN) + (before?.length ?? 0));
  }
});

test('nothing is reserved when too many wait', async () => {
  const bucket = openRateBucket(await createTable());
  expect(await bucket.reserve('LIGHT', 10, 1000, 5000)).toBeDefined();
  expect(await bucket.reserve('LIGHT', 1, 1000, 5000)).toBeUndefined();
  expect(await bucket.reserve('LIGHT', 1, 1000, 20_000)).toBeDefined();
});

test('turns that nobody took are not made up for', async () => {
  const bucket = openRateBucket(await createTable());
  await bucket.reserve('LIGHT', 1, 1, 1000);
  const now = bucket.clock.now();
  const first = await bucket.reserve('LIGHT', 1, INTERVAL, 1000);
  expect(first).toBeGreaterThanOrEqual(now - 1000);
  expect(first).toBeLessThanOrEqual(bucket.clock.now() + INTERVAL);
});

test('the limits are apart', async () => {
  const bucket = openRateBucket(await createTable());
  await bucket.reserve('HEAVY', 1, 60_000, 100_000);
  expect(await bucket.reserve('LIGHT', 1, INTERVAL, 0)).toBeDefined();
});

test('emptied, it is empty for everybody, and never fuller than before', async () => {
  const table = await createTable();
  const [one, other] = [openRateBucket(table), openRateBucket(table)];
  const until = one.clock.now() + 5000;
  await one.emptyUntil('LIGHT', until);
  await one.emptyUntil('LIGHT', until - 3000);
  expect(await other.reserve('LIGHT', 1, INTERVAL, 1000)).toBeUndefined();
  expect(await other.reserve('LIGHT', 1, INTERVAL, 10_000)).toBeGreaterThanOrEqual(until);
});

test('a clock that is seconds wrong gets its turns at the right time', async () => {
  const table = await createTable();
  const right = openRateBucket(table);
  const wrong = openRateBucket(table, () => Date.now() + 7000);
  for (let n = 0; n < 20; n += 1) await wrong.reserve('CLOCK', 1, 1, 60_000);
  const late = await wrong.reserve('LIGHT', 1, INTERVAL, 60_000);
  expect(late).toBeDefined();
  expect(Math.abs((late ?? 0) - right.clock.now())).toBeLessThan(1500);
});

test('a table that did not answer the first time is asked again', async () => {
  const table = await createTable();
  let fails = true;
  const flaky: typeof table = {
    ...table,
    get: (...wanted) => (fails ? Promise.reject(new Error('DynamoDB is down')) : table.get(...wanted)),
  };
  const bucket = openRateBucket(flaky);
  await expect(bucket.reserve('LIGHT', 1, INTERVAL, 1000)).rejects.toThrow('down');
  fails = false;
  expect(await bucket.reserve('LIGHT', 1, INTERVAL, 1000)).toBeDefined();
});
