import { expect, test } from 'vitest';
import { type Load, measureLoad } from './testing/measure.ts';

const TEN_PROCESSES = Array.from({ length: 10 }, () => 0);

/** Ten processes, the default rate, and a backlog that lasts. */
const measure = (more: Partial<Load> = {}) =>
  measureLoad({ skews: TEN_PROCESSES, perSecond: 12, seconds: 300, atOnce: 10, ...more });

/** Clocks that differ by up to so many milliseconds. */
const skewed = (milliseconds: number) => ({
  skews: TEN_PROCESSES.map((_, n) => (((n * 7) % 10) / 9 - 0.5) * 2 * milliseconds),
});

const EXACT = { refused: 0, busiestSecond: 20, requestsPerCall: 0.15, writeUnitsPerCall: 0.15 };
const FEW_REFUSED = { refused: 0.005 };
test.each<[string, Partial<Load>, Partial<typeof EXACT>]>([
  ['not exceeded, and costs little', {}, EXACT],
  ['with many calls at once', { atOnce: 30 }, EXACT],
  ['where all of Ocrolus’s limit is configured', { perSecond: 20 }, EXACT],
  ['once the processes know that their clocks differ a little', skewed(50), FEW_REFUSED],
  ['once they know that their clocks differ by seconds', skewed(2000), FEW_REFUSED],
  ['by processes that are replaced', { lifeSeconds: 300, seconds: 900 }, FEW_REFUSED],
])('under load the rate is used and shared, %s', async (_what, load, most) => {
  const measured = await measure(load);
  expect(measured.used).toBeGreaterThan(0.95);
  expect(measured.leastServed).toBeGreaterThan(0.5);
  for (const figure of ['refused', 'busiestSecond', 'requestsPerCall', 'writeUnitsPerCall'] as const) {
    expect(measured[figure], figure).toBeLessThanOrEqual(most[figure] ?? Number.POSITIVE_INFINITY);
  }
});
