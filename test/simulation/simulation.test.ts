import { expect, test } from 'vitest';
import { failures, simulate, UNUSUAL } from './testing/simulate.ts';

test('other settings, operators at work and odd answers lose nothing either', {
  timeout: 240_000,
}, async () => {
  const outcome = await simulate('102..103', '--deliveries', '250', '--days', '4', '--with', UNUSUAL);
  expect(failures(outcome)).toEqual([]);
  for (const { report } of outcome.results) expect(report?.switches).toHaveLength(UNUSUAL.split(',').length);
});
