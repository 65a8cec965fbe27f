import { expect, it } from 'vitest';
import { timesOf } from '../../../shared/checklist/times.ts';
import { TIMES } from '../store/testing/observations.ts';

it('locally every time shrinks in proportion', () => {
  const settings = {
    POLL_MIN_SECONDS: 300,
    POLL_MAX_SECONDS: 21_600,
    POLL_GRACE_SECONDS: 600,
    POLL_HORIZON_DAYS: 30,
  };
  const numbers = (times: object): number[] =>
    Object.values(times).flatMap((one) => (typeof one === 'object' ? numbers(one) : one));
  const usual = numbers(timesOf({ ...settings, TIME_SCALE: 1 }));
  expect(usual).toEqual(numbers(TIMES));
  const shrunk = numbers(timesOf({ ...settings, TIME_SCALE: 1 / 64 }));
  expect(shrunk.map((time) => time * 64)).toEqual(usual);
});

it('what is missing is asked for monthly at least once after the horizon, however long that is', () => {
  const settings = {
    POLL_MIN_SECONDS: 300,
    POLL_MAX_SECONDS: 21_600,
    POLL_GRACE_SECONDS: 600,
    TIME_SCALE: 1,
  };
  for (const days of [1, 30, 365, 3650]) {
    const { horizon, month, year } = timesOf({ ...settings, POLL_HORIZON_DAYS: days });
    expect(year).toBeGreaterThanOrEqual(horizon + month);
  }
});
