import { expect, test } from 'vitest';
import { FAULTS, SETTINGS, SWITCHES, switchesOf } from './switches.ts';
import { worldOf } from './world.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

test('two seeds of three have settings that are not the defaults', () => {
  const others = SEEDS.filter((seed) => SETTINGS.some((name) => switchesOf(seed, false).has(name)));
  expect(others.length).toBe(200);
});

test('every switch is on in some seeds, and no world has all', () => {
  const counts = SWITCHES.map((name) => SEEDS.filter((seed) => switchesOf(seed, false).has(name)).length);
  expect(Math.min(...counts)).toBeGreaterThan(SEEDS.length / 10);
  expect(Math.max(...counts)).toBeLessThan(SEEDS.length / 2);
});

test('where nothing goes wrong, only settings differ', () => {
  for (const seed of SEEDS) expect(FAULTS.some((name) => switchesOf(seed, true).has(name))).toBe(false);
});

const OPTIONS = { seed: 7, deliveries: 1000, days: 10, isCalm: false, startAt: Date.UTC(2026, 0, 1) };

test('a world without switches is a stage that sets nothing', () => {
  const { deployments, profile } = worldOf({ ...OPTIONS, switches: [] });
  expect(deployments).toHaveLength(1);
  expect(deployments[0].stage).toMatchObject({
    results: {},
    requestsPerSecond: 12,
    poll: { discover: true },
  });
  expect(profile.shares).toMatchObject({ corrected: 0, failingJob: 0, lateListed: 0, largeDocument: 0 });
});

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
