import { expect, test } from 'vitest';
import { simulate, UNUSUAL } from './testing/simulate.ts';

test('whatever goes wrong, every result is stored in the end', { timeout: 240_000 }, async () => {
  const size = ['--deliveries', '400', '--days', '6', '--with', 'none'];
  const { results, failures } = await simulate('101', ...size);
  expect(failures).toEqual([]);
  for (const { report } of results) expect(report?.results).toBeGreaterThan(100);
});

test('the same seed has the same history, and another seed another one', { timeout: 240_000 }, async () => {
  const { results } = await simulate('7,7,8', '--deliveries', '50', '--days', '1', '--with', UNUSUAL);
  const [first, second, other] = results.map(({ report }) => report?.hash);
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});
