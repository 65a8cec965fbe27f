import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOT_SERVED } from '../../shared/checklist/circuit-state.ts';
import { isStuck, nextDue, type ScheduledBook } from '../../shared/checklist/next-due.ts';
import { timesOf } from '../../shared/checklist/times.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import { DAY, HOUR, MINUTE, time, unavailable } from './testing/checklists.ts';

const active: ScheduledBook = {
  status: 'VERIFYING',
  createdAt: second(0),
  changedAt: second(0),
  entries: {},
};
const finished: ScheduledBook = { ...active, status: 'VERIFIED', endedAt: second(0) };

/** In seconds from now; without jitter. */
const waitOf = (book: ScheduledBook, now: number, plannedAt?: number) => {
  const at = nextDue(book, plannedAt === undefined ? undefined : time(plannedAt), {
    now: time(now),
    times: TIMES,
    random: 0.5,
  });
  return at === undefined ? undefined : (at - time(now)) / 1000;
};

describe('an active book is polled', () => {
  it.each([
    ['at first, after five minutes', 0, 5 * MINUTE],
    ['after an hour, every quarter of an hour', HOUR, 15 * MINUTE],
    ['after a day, every six hours', DAY, 6 * HOUR],
    ['up to the horizon, every six hours', 30 * DAY, 6 * HOUR],
    ['after the horizon, every month', 30 * DAY + 1, 30 * DAY],
    ['for a year', 365 * DAY, 30 * DAY],
    ['and then not again', 365 * DAY + 1, undefined],
  ])('%s', (_what, now, wait) => {
    expect(waitOf(active, now)).toBe(wait);
  });

  it('counted from its last change, not from its creation', () => {
    expect(waitOf({ ...active, changedAt: second(40 * DAY) }, 40 * DAY)).toBe(5 * MINUTE);
  });
});

describe('a finished book is polled', () => {
  it.each([
    ['after an hour', 0, HOUR],
    ['as long as it has been finished', 5 * HOUR, 5 * HOUR],
    ['at most every day', 20 * DAY, DAY],
    ['and not after the horizon', 30 * DAY + 1, undefined],
  ])('%s', (_what, now, wait) => {
    expect(waitOf(finished, now)).toBe(wait);
  });

  it('monthly after the horizon, where a product was not part of the contract', () => {
    const lacks = { ...finished, entries: { summary: unavailable(0, NOT_SERVED) } };
    expect(waitOf(lacks, 31 * DAY)).toBe(30 * DAY);
    expect(waitOf(lacks, 366 * DAY)).toBeUndefined();
  });
});

it('a result that is due makes the next poll earlier, never later', () => {
  expect(waitOf(finished, 5 * HOUR, 6 * HOUR)).toBe(HOUR);
  expect(waitOf(finished, 5 * HOUR, 40 * HOUR)).toBe(5 * HOUR);
  // A probe, for example, of a book that is no longer polled.
  expect(waitOf(finished, 100 * DAY, 101 * DAY)).toBe(DAY);
});

it('a book with overdue results is not polled again at once', () => {
  expect(waitOf(finished, 5 * HOUR, 0)).toBe(MINUTE / 2);
});

it('a book with a delivery that is being processed again is due at the end of its hold', () => {
  const held = { ...finished, hold: { until: second(5 * HOUR + 900) } };
  expect(waitOf(held, 5 * HOUR)).toBe(900);
  expect(waitOf(held, 6 * HOUR)).toBe(6 * HOUR);
  expect(waitOf({ ...held, hold: { until: second(300 * DAY) } }, 200 * DAY)).toBe(100 * DAY);
});

it('a deleted book is polled for what is still to be written, and not again', () => {
  const deleted = { ...active, status: 'DELETED' };
  expect(waitOf(deleted, 0)).toBeUndefined();
  expect(waitOf(deleted, 0, 600)).toBe(600);
});

const anyBook = fc
  .record({ status: fc.constantFrom('VERIFYING', 'VERIFIED'), age: fc.nat(400 * DAY), isEnded: fc.boolean() })
  .map(
    ({ status, age, isEnded }): ScheduledBook => ({
      status,
      createdAt: second(-400 * DAY),
      changedAt: second(-age),
      ...(isEnded && { endedAt: second(-age) }),
      entries: {},
    }),
  );

it('is within bounds, with a tenth of jitter at most', () => {
  fc.assert(
    fc.property(anyBook, fc.double({ min: 0, max: 1, noNaN: true }), (book, random) => {
      const at = nextDue(book, undefined, { now: time(0), times: TIMES, random });
      const middle = nextDue(book, undefined, { now: time(0), times: TIMES, random: 0.5 });
      if (at === undefined || middle === undefined) {
        expect([at, middle]).toEqual([undefined, undefined]);
        return;
      }
      const [wait, usual] = [at - time(0), middle - time(0)];
      expect(wait).toBeGreaterThanOrEqual(0.9 * usual - 1);
      expect(wait).toBeLessThanOrEqual(1.1 * usual + 1);
      expect(usual).toBeGreaterThanOrEqual(TIMES.min);
      expect(usual).toBeLessThanOrEqual(TIMES.month);
    }),
    { numRuns: 1000 },
  );
});

it('a book that does not change costs some hundred calls in all, and is then no longer polled', () => {
  for (const [book, most] of [
    [active, 200],
    [finished, 60],
  ] as const) {
    let polls = 0;
    let now: number | undefined = time(0);
    while (polls < 1000) {
      now = nextDue(book, undefined, { now, times: TIMES, random: 0.5 });
      if (now === undefined) break;
      polls += 1;
    }
    expect(now).toBeUndefined();
    expect(polls).toBeLessThan(most);
  }
});

describe('a book is stuck', () => {
  it.each([
    ['when it has been active for more than the horizon', active, 30 * DAY + 1, true],
    ['not before', active, 30 * DAY, false],
    [
      'when it has lacked something for more than the horizon',
      { ...finished, complete: false },
      31 * DAY,
      true,
    ],
    ['never when it is complete', { ...finished, complete: true }, 300 * DAY, false],
    ['never when it is deleted', { ...active, status: 'DELETED' }, 300 * DAY, false],
  ])('%s', (_what, book, now, expected) => {
    expect(isStuck(book, { now: time(now), times: TIMES })).toBe(expected);
  });
});

it('locally every time shrinks in proportion', () => {
  const settings = {
    POLL_MIN_SECONDS: 300,
    POLL_MAX_SECONDS: 21_600,
    POLL_GRACE_SECONDS: 600,
    POLL_HORIZON_DAYS: 30,
    TIME_SCALE: 1 / 60,
  };
  const shrunk = timesOf(settings);
  for (const [name, value] of Object.entries(TIMES)) {
    const actual = shrunk[name as keyof typeof TIMES];
    const expected = Array.isArray(value) ? value.map((one: number) => one / 60) : Number(value) / 60;
    expect(actual, name).toEqual(Array.isArray(expected) ? expected : expect.closeTo(expected, 3));
  }
});
