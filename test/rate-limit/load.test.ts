import { describe, expect, test } from 'vitest';
import { measureLoad } from './testing/measure.ts';
import { measureEvents } from './testing/measure-events.ts';

const TEN_PROCESSES = Array.from({ length: 10 }, () => 0);

/** Ten processes, the default rate, and a backlog that lasts. */
const measure = (more: Partial<Parameters<typeof measureLoad>[0]> = {}) =>
  measureLoad({ skews: TEN_PROCESSES, perSecond: 12, seconds: 300, atOnce: 10, callMs: 150, ...more });

test.each([
  { atOnce: 10, perSecond: 12 },
  { atOnce: 30, perSecond: 12 },
  { atOnce: 10, perSecond: 20 },
])('under load the rate is used, not exceeded, shared, and costs little: %o', async (load) => {
  const { used, refused, busiestSecond, requestsPerCall, writeUnitsPerCall, leastServed } =
    await measure(load);
  expect(used).toBeGreaterThan(0.95);
  expect(refused).toBe(0);
  expect(busiestSecond).toBeLessThanOrEqual(20);
  expect(requestsPerCall).toBeLessThanOrEqual(0.15);
  expect(writeUnitsPerCall).toBeLessThanOrEqual(0.15);
  expect(leastServed).toBeGreaterThan(0.5);
});

test('the same run gives the same figures', async () => {
  const run = () => measure({ seconds: 10, singleCalls: true, lifeSeconds: 3 });
  expect(await run()).toEqual(await run());
});

test('a process that makes one call at a time uses its whole block, so it rarely waits for the queue', async () => {
  const { singleCallWaitsMs } = await measure({ singleCalls: true });
  const waited = singleCallWaitsMs.filter((milliseconds) => milliseconds > 1000);
  expect(singleCallWaitsMs.length).toBeGreaterThan(30);
  expect(waited.length).toBeLessThan(singleCallWaitsMs.length * 0.4);
});

describe('with clocks that differ', () => {
  test.each([50, 2000])('by up to %i ms nothing changes once the processes know it', async (milliseconds) => {
    const skews = TEN_PROCESSES.map((_, n) => (((n * 7) % 10) / 9 - 0.5) * 2 * milliseconds);
    const { used, refused, leastServed } = await measure({ skews, seconds: 300 });
    expect(used).toBeGreaterThan(0.95);
    expect(refused).toBeLessThan(0.005);
    expect(leastServed).toBeGreaterThan(0.5);
  });

  test('by seconds, and processes that are replaced, few calls are refused', async () => {
    const { used, refused } = await measure({ lifeSeconds: 300, seconds: 900 });
    expect(used).toBeGreaterThan(0.95);
    expect(refused).toBeLessThan(0.005);
  });
});

describe('events without a backlog', () => {
  const at = (values: readonly number[], share: number) => values[Math.floor(values.length * share)];

  test('do not wait for permits, and cost one write', async () => {
    const { waitsMs, writeUnits } = await measureEvents({
      processes: 5,
      perSecond: 0.1,
      events: 300,
      callMs: 150,
    });
    expect(at(waitsMs, 0.5)).toBe(5);
    expect(at(waitsMs, 0.95)).toBeLessThanOrEqual(15);
    expect(writeUnits).toBeLessThan(1.1);
  });

  test('rarely wait at a quarter of the rate', async () => {
    const { waitsMs, writeUnits, busiestSecond } = await measureEvents({
      processes: 5,
      perSecond: 1,
      events: 500,
      callMs: 150,
    });
    expect(at(waitsMs, 0.5)).toBe(5);
    expect(at(waitsMs, 0.9)).toBeLessThanOrEqual(15);
    expect(writeUnits).toBeLessThan(1.5);
    expect(busiestSecond).toBeLessThanOrEqual(20);
  });
});
