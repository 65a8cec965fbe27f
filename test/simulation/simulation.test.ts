import { expect, test } from 'vitest';
import { simulate, UNUSUAL } from './testing/simulate.ts';

test('other settings, operators at work and odd answers lose nothing either', {
  timeout: 240_000,
}, async () => {
  const size = ['--deliveries', '500', '--days', '4', '--with', UNUSUAL];
  const { results, failures } = await simulate('102', ...size);
  expect(failures).toEqual([]);
  for (const { report } of results) expect(report?.switches).toHaveLength(UNUSUAL.split(',').length);
});
