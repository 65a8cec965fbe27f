import { expect, test } from 'vitest';
import { SWITCHES, switchesOf } from './switches.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

test('every switch is on in some seeds, and no world has all', () => {
  const counts = SWITCHES.map((name) => SEEDS.filter((seed) => switchesOf(seed, false).has(name)).length);
  expect(Math.min(...counts)).toBeGreaterThan(SEEDS.length / 10);
  expect(Math.max(...counts)).toBeLessThan(SEEDS.length / 2);
});
