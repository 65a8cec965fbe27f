import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

it('20,000 requests, with bodies of any size that is taken', async () => {
  const report = await fuzz(2, 20_000);
  expect(report.problems).toEqual([]);
  // Otherwise the test would show little.
  expect(report.largestBytes).toBeGreaterThan(4 * 1024 * 1024);
});
