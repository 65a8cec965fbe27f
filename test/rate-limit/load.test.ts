import { expect, test } from 'vitest';
import { memoryTable } from '../store/testing/memory-table.ts';
import { measureLimiter } from './testing/measure.ts';

const TEN_PROCESSES = Array.from({ length: 10 }, () => 0);

/** The limit of Ocrolus and a backlog that lasts. */
const measure = async (more: Partial<Parameters<typeof measureLimiter>[0]> = {}) =>
  measureLimiter({
    table: await memoryTable(),
    skews: TEN_PROCESSES,
    perSecond: 20,
    seconds: 60,
    atOnce: 10,
    ...more,
  });

test.each([10, 30])(
  'ten processes with %i calls at once use the limit, do not exceed it, share it, and cost little',
  async (atOnce) => {
    const { used, refused, requestsPerCall, leastServed } = await measure({ atOnce });
    expect(used).toBeGreaterThan(0.95);
    expect(refused).toBeLessThan(0.005);
    expect(requestsPerCall).toBeLessThanOrEqual(0.2);
    expect(leastServed).toBeGreaterThan(0.5);
  },
);

test('the same run gives the same figures', async () => {
  const run = () => measure({ seconds: 10, pollerLimit: 5, singleCalls: true });
  expect(await run()).toEqual(await run());
});

test('clocks that differ by 10 ms change nothing', async () => {
  const { used, refused } = await measure({ skews: TEN_PROCESSES.map((_, n) => (n % 2 === 0 ? 5 : -5)) });
  expect(used).toBeGreaterThan(0.95);
  expect(refused).toBeLessThan(0.005);
});

test('clocks that are seconds off cost capacity, but do not stop calls', async () => {
  const { used, refused } = await measure({ skews: [3000, -3000, 0, 0] });
  expect(used).toBeGreaterThan(0.6);
  expect(refused).toBeLessThan(0.3);
});

test.each([
  { perSecond: 20, atOnce: 10 },
  { perSecond: 20, atOnce: 30 },
  { perSecond: 12, atOnce: 30 },
])('a poller keeps its minimum share beside ten consumers without end: %o', async (load) => {
  const { used, refused, leastServed, pollerPerSecond } = await measure({ ...load, pollerLimit: 5 });
  expect(pollerPerSecond).toBeGreaterThanOrEqual(0.5);
  expect(pollerPerSecond).toBeLessThan(1.1);
  expect(used).toBeGreaterThan(0.95);
  expect(refused).toBeLessThan(0.005);
  expect(leastServed).toBeGreaterThan(0.5);
});

test('without load a poller is limited by its local limiter only', async () => {
  const { pollerPerSecond, requestsPerCall } = await measure({ skews: [], pollerLimit: 4 });
  expect(pollerPerSecond).toBeGreaterThan(3.9);
  expect(requestsPerCall).toBeLessThan(1.1);
});
