import { expect, test } from 'vitest';
import { createSharedRateLimiter } from '../../shared/ocrolus/shared-rate-limit.ts';
import { openRateBucket, type RateBucket } from '../../shared/store/rate-bucket.ts';
import { useTables } from '../store/testing/table.ts';
import { measureLimiter } from './testing/measure-limiter.ts';
import { openVirtualTable } from './testing/virtual-table.ts';
import { virtualClock } from './virtual-clock.ts';

const createTable = useTables();

/** Ocrolus's limit (domain reference section 5), and a backlog that lasts. */
const measure = async (skews: readonly number[], more: { readonly expressEveryMs?: number } = {}) =>
  measureLimiter({ table: await createTable(), skews, perSecond: 20, seconds: 30, atOnce: 10, ...more });

test('ten processes with a backlog use the limit, hardly pass it, share it, and cost little', async () => {
  const crowd = Array.from({ length: 10 }, () => 0);
  const { used, refused, cost, leastServed } = await measure(crowd);
  expect(used).toBeGreaterThan(0.95);
  expect(refused).toBeLessThan(0.005);
  expect(cost).toBeLessThanOrEqual(0.2);
  expect(leastServed).toBeGreaterThan(0.5);
});

test('an express call passes the crowd by, without passing the limit', async () => {
  const crowd = Array.from({ length: 5 }, () => 0);
  const { refused, expressWaits } = await measure(crowd, { expressEveryMs: 500 });
  expect(refused).toBeLessThan(0.005);
  expect(expressWaits.length).toBeGreaterThan(40);
  const [median = Number.NaN] = expressWaits.toSorted((a, b) => a - b).slice(expressWaits.length / 2);
  // The crowd waits for seconds.
  expect(median).toBeLessThan(50);
});

test('a process whose clock is seconds off is no exception', async () => {
  const { used, refused } = await measure([0, 3000, -3000, 0]);
  expect(used).toBeGreaterThan(0.9);
  expect(refused).toBeLessThan(0.05);
});

const open = async (priority: 'consumer' | 'poller', bucket?: RateBucket, perSecond = 10) => {
  const waits: number[] = [];
  const limiter = createSharedRateLimiter({
    bucket: bucket ?? openRateBucket(await createTable()),
    perSecond,
    heavyPerSecond: 1,
    priority,
    wait: async (milliseconds) => waits.push(milliseconds),
  });
  return { limiter, waits };
};

const soon = () => Date.now() + 60_000;

test('the first call goes at once, those that follow one after the other', async () => {
  const { limiter, waits } = await open('consumer', undefined, 1);
  await Promise.all(Array.from({ length: 4 }, () => limiter.take('light', soon())));
  // By a clock that runs on meanwhile.
  expect(waits).toHaveLength(3);
  for (const [n, wait] of waits.sort((a, b) => a - b).entries()) {
    expect(wait).toBeGreaterThan(1025 * (n + 1) - 700);
    expect(wait).toBeLessThanOrEqual(1026 * (n + 1));
  }
});

test('a heavy call waits for its own kind too', async () => {
  const { limiter, waits } = await open('consumer');
  await limiter.take('heavy', soon());
  await limiter.take('heavy', soon());
  expect(Math.max(...waits)).toBeGreaterThan(300);
});

test('the poller stands back when consumers wait', async () => {
  const bucket = openRateBucket(await createTable());
  const consumer = await open('consumer', bucket);
  const poller = await open('poller', bucket);
  await Promise.all(Array.from({ length: 20 }, () => consumer.limiter.take('light', soon())));
  await expect(poller.limiter.take('light', soon())).rejects.toMatchObject({ code: 'rate-limit' });
  await expect(consumer.limiter.take('light', soon())).resolves.toBeUndefined();
});

test('a caller who cannot wait so long is told to come back, and does not hold up the others', async () => {
  const { limiter } = await open('consumer');
  const calls = Array.from({ length: 10 }, (_, n) =>
    limiter.take('light', Date.now() + (n === 9 ? 100 : 60_000)),
  );
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.map(({ status }) => status)).toEqual([...Array(9).fill('fulfilled'), 'rejected']);
});

test('an express call waits for its turn like all others until there is room', async () => {
  const clock = virtualClock(Date.now());
  const table = openVirtualTable(await createTable(), clock, () => 1);
  const { limiter, waits } = await open('consumer', openRateBucket(table, clock.now, clock.wait));
  await clock.run(Promise.all(Array.from({ length: 20 }, () => limiter.take('light', soon()))));
  const turnOf = async (lane: 'bulk' | 'express') => {
    await clock.run(limiter.take('light', soon(), lane));
    // Before it, others may be waited for to share a block.
    return waits.at(-1) ?? 0;
  };
  expect(await turnOf('express')).toBeGreaterThan(1500);
  // From then on the others are further apart than a tenth of a second.
  const [one, other] = [await turnOf('bulk'), await turnOf('bulk')];
  expect(other - one).toBeGreaterThan(110);
});

test('express calls are not stopped by one of them whose table fails', async () => {
  const bucket = openRateBucket(await createTable());
  const failing: RateBucket = { ...bucket, makeRoom: async () => Promise.reject(new Error('throttled')) };
  const { limiter } = await open('consumer', failing);
  await Promise.all(Array.from({ length: 20 }, () => limiter.take('light', soon(), 'express')));
});

test('after a 429 nobody calls for a while, by neither lane', async () => {
  const bucket = openRateBucket(await createTable());
  const one = await open('consumer', bucket);
  const other = await open('consumer', bucket);
  await one.limiter.pause(5);
  for (const lane of ['bulk', 'express'] as const) {
    await other.limiter.take('light', soon(), lane);
    expect(other.waits.at(-1)).toBeGreaterThan(4500);
  }
});

/** A call has its turn in a second, and four more are taken behind it, when everybody is told to pause. */
const pauseBefore = async (seconds: number) => {
  const bucket = openRateBucket(await createTable());
  const other = await open('consumer', bucket, 1);
  const paused = Promise.withResolvers<void>();
  const waits: number[] = [];
  const limiter = createSharedRateLimiter({
    bucket,
    perSecond: 1,
    heavyPerSecond: 1,
    priority: 'consumer',
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      if (waits.length === 1) await paused.promise;
    },
  });
  await other.limiter.take('light', soon());
  const call = limiter.take('light', soon());
  call.catch(() => {});
  await expect.poll(() => waits.length).toBe(1);
  await bucket.reserve('LIGHT', 4, () => 1000, 60_000);
  await other.limiter.pause(seconds);
  paused.resolve();
  return { call, waits };
};

test('a 429 takes away the turns that others have already: they go behind all others', async () => {
  const { call, waits } = await pauseBefore(3);
  await call;
  expect(waits[0]).toBeLessThan(1100);
  expect(waits.at(-1)).toBeGreaterThan(4500);
});

test('a 429 that says to wait for long sends back those who have turns already', async () => {
  const { call, waits } = await pauseBefore(30);
  await expect(call).rejects.toMatchObject({ code: 'rate-limit' });
  expect(waits).toHaveLength(1);
});

test('who has waited for the end of a pause hears that it has become longer', async () => {
  const table = await createTable();
  const other = await open('consumer', openRateBucket(table));
  const waits: number[] = [];
  let passedMs = 0;
  const limiter = createSharedRateLimiter({
    bucket: openRateBucket(table, () => Date.now() + passedMs),
    perSecond: 10,
    heavyPerSecond: 1,
    priority: 'consumer',
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      if (waits.length > 1) return;
      await other.limiter.pause(9);
      // What was heard before is old by then.
      passedMs = 250;
    },
  });
  await other.limiter.pause(5);
  await limiter.take('light', soon());
  expect(waits[0]).toBeGreaterThan(4500);
  expect(Math.max(...waits.slice(1))).toBeGreaterThan(8000);
});

test('a table that fails is a failure in passing', async () => {
  const failing: RateBucket = {
    clock: { now: Date.now, isCorrected: () => false, observe: () => undefined },
    reserve: async () => Promise.reject(new Error('throttled')),
    makeRoom: async () => Promise.reject(new Error('throttled')),
    roomBeside: () => undefined,
    emptyUntil: async () => undefined,
    emptiedUntil: () => 0,
    ask: async () => undefined,
  };
  const { limiter } = await open('consumer', failing);
  await expect(limiter.take('light', soon())).rejects.toMatchObject({ class: 'retry', code: 'rate-limit' });
});
