import { expect, test } from 'vitest';
import { busiestSecond, openProcesses, repeat } from './testing/processes.ts';

const PROCESSES = 10;
const CALLS = 30;

/** Clocks that differ by up to so many milliseconds. */
const skewed = (milliseconds: number) =>
  Array.from({ length: PROCESSES }, (_, n) => (((n * 7) % 10) / 9 - 0.5) * 2 * milliseconds);

test.each([
  ['whose clocks agree', 12, 10, skewed(0)],
  ['with many calls at once', 12, 30, skewed(0)],
  ['that may use all of Ocrolus’s limit', 20, 10, skewed(0)],
  ['whose clocks differ by seconds', 12, 10, skewed(2000)],
])('under load, processes %s use and share the rate, at few writes', async (_, perSecond, atOnce, skews) => {
  const { clock, startProcess, requests } = await openProcesses({ perSecond });
  const served = await clock.run(
    Promise.all(
      skews.map(async (skewMs) => {
        const { take } = startProcess({ skewMs });
        const starts: number[] = [];
        await repeat(atOnce, async () => {
          for (let n = 0; n < CALLS; n += 1) {
            starts.push(await take('light'));
            await clock.wait(150);
          }
        });
        return starts;
      }),
    ),
  );
  const all = served.flat();
  const end = Math.max(...all);
  expect(all.length / (end / 1000) / perSecond).toBeGreaterThan(0.95);
  // Processes learn from the first answers of the table that their clocks differ.
  expect(busiestSecond(all.filter((at) => at > 1000))).toBeLessThanOrEqual(skews[0] === 0 ? 20 : 22);
  expect(requests() / all.length).toBeLessThanOrEqual(0.15);
  // By half of the time, each has had its share.
  const early = served.map((starts) => starts.filter((at) => at < end / 2).length);
  expect(Math.min(...early)).toBeGreaterThan((0.5 * all.length) / 2 / PROCESSES);
});
