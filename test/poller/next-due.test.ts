import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextDue, type Standing } from '../../functions/poller/next-due.ts';
import { second } from '../store/testing/observations.ts';
import { pollerSettings } from './testing/stage.ts';

/** 5 minutes to 6 hours, 10 minutes of grace, 30 days. */
const PACE = pollerSettings({});
const HOUR = 3600;
const DAY = 24 * HOUR;
const NOW = 100 * DAY;

const atWork: Standing = {
  over: false,
  open: false,
  settledAt: undefined,
  createdAt: second(NOW),
  waitUntil: undefined,
};

/** Seconds from now; `undefined`: never. */
function secondsToNext(standing: Partial<Standing>, random = 0.5): number | undefined {
  const dueAt = nextDue({ ...atWork, ...standing }, PACE, new Date(second(NOW)), random);
  return dueAt === undefined ? undefined : (Date.parse(dueAt) - Date.parse(second(NOW))) / 1000;
}

test.each([
  ['new', 0, 300],
  ['an hour old', HOUR, 900],
  ['a day old', DAY, 6 * HOUR],
  ['a month old', 30 * DAY, 6 * HOUR],
])('a book at work that is %s is looked at after a quarter of its age, within bounds', (_, age, expected) => {
  expect(secondsToNext({ createdAt: second(NOW - age) })).toBe(expected);
});

test('a book of which something has just been seen is looked at after the grace time, whatever its age', () => {
  for (const age of [0, 90 * DAY])
    expect(secondsToNext({ open: true, createdAt: second(NOW - age) })).toBe(600);
});

test.each([
  ['just now', 0, HOUR],
  ['two hours ago', 2 * HOUR, 2 * HOUR],
  ['a week ago', 7 * DAY, DAY],
  ['before the horizon', 31 * DAY, undefined],
])('a book that was settled %s is looked at slowly, and at last no more', (_, age, expected) => {
  expect(secondsToNext({ settledAt: second(NOW - age) })).toBe(expected);
});

test('a book of which nothing will come any more is not looked at, even if it waits', () => {
  expect(secondsToNext({ over: true, waitUntil: second(NOW + 60) })).toBeUndefined();
});

test('what is waited for comes first when it is earlier, or when nothing else is left', () => {
  expect(secondsToNext({ open: true, waitUntil: second(NOW + 60) })).toBe(60);
  expect(secondsToNext({ open: true, waitUntil: second(NOW + 6000) })).toBe(600);
  expect(secondsToNext({ settledAt: second(0), waitUntil: second(NOW + 60) })).toBe(60);
});

test('books are spread by a tenth to both sides, and never looked at in the past', () => {
  fc.assert(
    fc.property(
      fc.record({
        open: fc.boolean(),
        createdAt: fc.integer({ min: 0, max: NOW + HOUR }).map(second),
        settledAt: fc.option(fc.integer({ min: NOW - 29 * DAY, max: NOW }).map(second), { nil: undefined }),
      }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (standing, random) => {
        const [middle = Number.NaN, spread = Number.NaN] = [
          secondsToNext(standing),
          secondsToNext(standing, random),
        ];
        expect(spread).toBeGreaterThanOrEqual(middle * 0.899);
        expect(spread).toBeLessThanOrEqual(middle * 1.101);
        expect(spread).toBeGreaterThan(0);
      },
    ),
  );
});
