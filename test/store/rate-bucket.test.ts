import { expect, test } from 'vitest';
import { openRateBucket } from '../../shared/store/rate-bucket.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
const INTERVAL = 50;
const every = (milliseconds: number) => () => milliseconds;

test('turns of many callers follow each other and never overlap', async () => {
  const table = await createTable();
  const buckets = Array.from({ length: 5 }, () => openRateBucket(table));
  const reservations = await Promise.all(
    buckets.flatMap((bucket) =>
      [1, 3, 10].map((turns) => bucket.reserve('LIGHT', turns, every(INTERVAL), 60_000)),
    ),
  );
  const blocks = reservations
    .map((reserved, index) => ({
      first: reserved?.first ?? Number.NaN,
      length: ([1, 3, 10][index % 3] ?? 0) * INTERVAL,
    }))
    .sort((a, b) => a.first - b.first);
  for (const [index, { first }] of blocks.slice(1).entries()) {
    const before = blocks[index];
    expect(first).toBeGreaterThanOrEqual((before?.first ?? Number.NaN) + (before?.length ?? 0));
  }
});

test('nothing is reserved when too many wait', async () => {
  const bucket = openRateBucket(await createTable());
  expect(await bucket.reserve('LIGHT', 10, every(1000), 5000)).toBeDefined();
  expect(await bucket.reserve('LIGHT', 1, every(1000), 5000)).toBeUndefined();
  expect(await bucket.reserve('LIGHT', 1, every(1000), 20_000)).toBeDefined();
});

test('turns that nobody took are not made up for', async () => {
  const bucket = openRateBucket(await createTable());
  await bucket.reserve('LIGHT', 1, every(1), 1000);
  const now = bucket.clock.now();
  const { first = 0 } = (await bucket.reserve('LIGHT', 1, every(INTERVAL), 1000)) ?? {};
  expect(first).toBeGreaterThanOrEqual(now - 1000);
  expect(first).toBeLessThanOrEqual(bucket.clock.now() + INTERVAL);
});

test('the limits are apart', async () => {
  const bucket = openRateBucket(await createTable());
  await bucket.reserve('HEAVY', 1, every(60_000), 100_000);
  expect(await bucket.reserve('LIGHT', 1, every(INTERVAL), 0)).toBeDefined();
});

test('emptied, it is empty for everybody, and never fuller than before', async () => {
  const table = await createTable();
  const [one, other] = [openRateBucket(table), openRateBucket(table)];
  const until = one.clock.now() + 5000;
  await one.emptyUntil('LIGHT', until);
  await one.emptyUntil('LIGHT', until - 3000);
  expect(await other.reserve('LIGHT', 1, every(INTERVAL), 1000)).toBeUndefined();
  expect((await other.reserve('LIGHT', 1, every(INTERVAL), 10_000))?.first).toBeGreaterThanOrEqual(until);
});

test('emptied, its turns that are reserved already are none any more, as soon as their holder hears of it', async () => {
  const table = await createTable();
  const [one, other] = [openRateBucket(table), openRateBucket(table)];
  await one.reserve('LIGHT', 100, every(INTERVAL), 60_000);
  const until = other.clock.now() + 1000;
  await other.emptyUntil('LIGHT', until);
  expect(other.emptiedUntil('LIGHT')).toBe(until);
  await other.emptyUntil('LIGHT', until - 500);
  expect(other.emptiedUntil('LIGHT')).toBe(until);
  expect(one.emptiedUntil('LIGHT')).toBe(0);
  await one.reserve('LIGHT', 1, every(INTERVAL), 60_000);
  expect(one.emptiedUntil('LIGHT')).toBe(until);
  expect(one.emptiedUntil('HEAVY')).toBe(0);
});

test('a clock that is seconds wrong gets its turns at the right time', async () => {
  const table = await createTable();
  const right = openRateBucket(table);
  const wrong = openRateBucket(table, () => Date.now() + 7000);
  for (let n = 0; n < 20; n += 1) await wrong.reserve('CLOCK', 1, every(1), 60_000);
  const late = await wrong.reserve('LIGHT', 1, every(INTERVAL), 60_000);
  expect(late).toBeDefined();
  expect(Math.abs((late?.first ?? 0) - right.clock.now())).toBeLessThan(1500);
});

test('a table that did not answer the first time is asked again', async () => {
  const table = await createTable();
  let fails = true;
  const flaky: typeof table = {
    ...table,
    get: (...wanted) => (fails ? Promise.reject(new Error('DynamoDB is down')) : table.get(...wanted)),
  };
  const bucket = openRateBucket(flaky);
  await expect(bucket.reserve('LIGHT', 1, every(INTERVAL), 1000)).rejects.toThrow('down');
  fails = false;
  expect(await bucket.reserve('LIGHT', 1, every(INTERVAL), 1000)).toBeDefined();
});

const shared = (leavesRoom: boolean) => (leavesRoom ? 100 : INTERVAL);

test('room is made behind the turns that are taken, and those that follow leave it', async () => {
  const table = await createTable();
  const [one, other] = [openRateBucket(table), openRateBucket(table)];
  const taken = await one.reserve('LIGHT', 10, shared, 60_000);
  expect(taken?.intervalMs).toBe(INTERVAL);
  const room = await other.makeRoom('LIGHT', 20_000);
  expect(room?.from).toBe((taken?.first ?? 0) + 10 * INTERVAL);
  expect(room?.until).toBeGreaterThan(other.clock.now() + 19_000);
  // Who has not heard of it yet does so before anything is reserved.
  expect(await one.reserve('LIGHT', 1, shared, 60_000)).toEqual({ first: room?.from, intervalMs: 100 });
  expect(one.roomBeside('LIGHT')).toEqual(room);
});

test('room that is there already is not made again, only longer when less than half of it is left', async () => {
  const bucket = openRateBucket(await createTable());
  await bucket.reserve('LIGHT', 100, shared, 60_000);
  const room = await bucket.makeRoom('LIGHT', 20_000);
  expect(await bucket.makeRoom('LIGHT', 30_000)).toEqual(room);
  const longer = await bucket.makeRoom('LIGHT', 60_000);
  expect(longer?.from).toBe(room?.from);
  expect(longer?.until).toBeGreaterThan((room?.until ?? 0) + 39_000);
});

test('turns after the end of the room do not leave any', async () => {
  const bucket = openRateBucket(await createTable());
  await bucket.reserve('LIGHT', 100, shared, 60_000);
  await bucket.makeRoom('LIGHT', 1000);
  expect((await bucket.reserve('LIGHT', 1, shared, 60_000))?.intervalMs).toBe(INTERVAL);
});
