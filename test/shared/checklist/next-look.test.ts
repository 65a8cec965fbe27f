import { describe, expect, it } from 'vitest';
import { isStuck, nextLook, type ScheduledBook } from '../../../shared/checklist/next-look.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import { DAY, HOUR, MINUTE, time } from './testing/entries.ts';

const active: ScheduledBook = { status: 'VERIFYING', createdAt: second(-DAY), changedAt: second(0) };
const finished: ScheduledBook = { ...active, status: 'VERIFIED', endedAt: second(0), complete: false };
const complete: ScheduledBook = { ...finished, complete: true };

/** Seconds from now. */
const waitOf = (book: ScheduledBook, now: number, random = 0.5) => {
  const at = nextLook(book, { now: time(now), times: TIMES, random });
  return at === undefined ? undefined : (at - time(now)) / 1000;
};

describe('an active book is looked at', () => {
  it.each([
    ['at first, after five minutes', 0, 5 * MINUTE],
    ['though its change is in the future of this clock', -HOUR, 5 * MINUTE],
    ['after half of the time since it last changed', HOUR, 30 * MINUTE],
    ['after six hours at most', DAY, 6 * HOUR],
    ['up to the horizon', 30 * DAY, 6 * HOUR],
    ['then monthly', 30 * DAY + 1, 30 * DAY],
    ['for a year', 365 * DAY, 30 * DAY],
    ['and then not any more', 365 * DAY + 1, undefined],
  ])('%s', (_what, now, wait) => {
    expect(waitOf(active, now)).toBe(wait);
  });

  it('counted from its creation, if nothing has changed since', () => {
    expect(waitOf({ ...active, changedAt: undefined }, -DAY + HOUR)).toBe(30 * MINUTE);
  });
});

describe('a finished book', () => {
  it.each([0, 0.5, 1])('is looked at ever more rarely, and never twice for one time: jitter %d', (random) => {
    const days: number[] = [];
    let now = 0;
    while (now < 30 * DAY && days.length < 20) {
      now += waitOf(finished, now, random) ?? Number.NaN;
      days.push(now / DAY);
    }
    const expected = [0, 1, 2, 3, 5, 8, 13, 21, 30];
    expect(days.slice(0, 9).map((day, n) => Math.abs(day - (expected[n] ?? 0)) < 1)).toEqual(
      expected.map(() => true),
    );
    expect(days.slice(9).every((day) => day > 50)).toBe(true);
    expect(waitOf(finished, 0, random)).toBeCloseTo(HOUR * (0.9 + random / 5));
  });

  it('is looked at although an event has come meanwhile: looks count from the last comparison', () => {
    expect(waitOf({ ...complete, observedAt: second(HOUR) }, 30 * HOUR)).toBe(0);
    expect(waitOf({ ...complete, observedAt: second(30 * HOUR) }, 30 * HOUR)).toBe(18 * HOUR);
  });

  it('that is complete is not looked at after the horizon; one that is not, monthly for a year', () => {
    expect(waitOf(complete, 30 * DAY)).toBe(30 * DAY);
    expect(waitOf(complete, 30 * DAY + 1)).toBeUndefined();
    expect(waitOf(finished, 30 * DAY + 1)).toBe(30 * DAY);
    expect(waitOf(finished, 366 * DAY)).toBeUndefined();
  });

  it('is not looked at daily beyond a shorter horizon', () => {
    const times = { ...TIMES, horizon: 3 * TIMES.day };
    expect(nextLook(complete, { now: time(3 * DAY), times, random: 0.5 })).toBe(time(33 * DAY));
  });
});

it('a deleted book is not looked at', () => {
  expect(waitOf({ ...active, status: 'DELETED' }, 0)).toBeUndefined();
});

it.each([
  ['when it has been active for more than the horizon', active, 30 * DAY + 1, true],
  ['not before', active, 30 * DAY, false],
  ['when it has lacked something for more than the horizon', finished, 31 * DAY, true],
  ['never when it is complete', complete, 300 * DAY, false],
  ['never when it is deleted', { ...active, status: 'DELETED' }, 300 * DAY, false],
  ['counted from its creation if it never changed', { ...active, changedAt: undefined }, 29 * DAY + 1, true],
])('a book is stuck %s', (_what, book, now, expected) => {
  expect(isStuck(book, { now: time(now), times: TIMES })).toBe(expected);
});
