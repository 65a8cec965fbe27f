import { expect, test } from 'vitest';
import { SETTINGS, SWITCHES, switchesOf } from './switches.ts';
import { worldOf } from './world.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

test('every switch is on in some seeds, and no world has all', () => {
  const counts = SWITCHES.map((name) => SEEDS.filter((seed) => switchesOf(seed, false).has(name)).length);
  expect(Math.min(...counts)).toBeGreaterThan(SEEDS.length / 10);
  expect(Math.max(...counts)).toBeLessThan(SEEDS.length / 2);
});

const OPTIONS = { seed: 7, deliveries: 1000, days: 10, isCalm: false, startAt: Date.UTC(2026, 0, 1) };

test('settings are valid, whatever is generated', () => {
  for (const seed of SEEDS.slice(0, 60)) {
    const { deployments } = worldOf({ ...OPTIONS, seed, switches: SETTINGS });
    for (const { stage } of deployments) {
      expect(stage.requestsPerSecond).toBeLessThanOrEqual(20);
      expect(stage.poll.requestsPerSecond).toBeLessThanOrEqual(stage.requestsPerSecond);
      expect(stage.poll.minSeconds).toBeLessThan(stage.poll.maxSeconds);
      expect(stage.retention.results).toBeGreaterThanOrEqual(stage.poll.horizonDays);
      expect(stage.accounts.length).toBeGreaterThan(0);
    }
  }
});

test('one account is added later, and another one is removed and added again', () => {
  const { deployments } = worldOf({ ...OPTIONS, switches: ['accounts'] });
  expect(deployments[0].stage.accounts).not.toContain('delta');
  expect(deployments.at(-1)?.stage.accounts).toEqual(['alpha', 'beta', 'gamma', 'delta']);
  expect(deployments.slice(1, -1).every(({ stage }) => !stage.accounts.includes('alpha'))).toBe(true);
});

test('a later version is followed by this one again', () => {
  const { deployments } = worldOf({ ...OPTIONS, switches: ['later-version'] });
  const later = deployments.map(({ isLaterVersion }) => isLaterVersion);
  expect(later[0]).toBe(false);
  expect(later.indexOf(true)).toBeGreaterThan(0);
  expect(later.lastIndexOf(false)).toBeGreaterThan(later.indexOf(true));
});
