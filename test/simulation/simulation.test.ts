import { expect, test } from 'vitest';
import { failures, simulate, UNUSUAL } from './testing/simulate.ts';

test('other settings, operators at work and odd answers lose nothing either', {
  timeout: 240_000,
}, async () => {
  const results = await simulate('102..103', '--deliveries', '250', '--days', '4', '--with', UNUSUAL);
  expect(failures(results)).toEqual([]);
  for (const { report } of results) expect(report?.switches).toHaveLength(UNUSUAL.split(',').length);
});
