import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../ocrolus/random.ts';
import { defaultStage } from '../system/settings.ts';
import { JITTER, lookPause } from './deadlines/pauses.ts';
import { EXCUSES } from './excuses.ts';

const unwrapped = (text: string) => text.replaceAll(/\s+/g, ' ');

test('each excuse quotes a document that allows it', () => {
  const misquoted = Object.entries(EXCUSES).filter(
    ([, { document, words }]) => !unwrapped(readFileSync(document, 'utf8')).includes(words),
  );
  expect(misquoted.map(([name]) => name)).toEqual([]);
});

const STAGE = defaultStage(['alpha']);
const pauseOf = (age: number, endedAge?: number) =>
  lookPause({ createdAt: -age, endedAt: endedAge === undefined ? undefined : -endedAge }, 0, STAGE) / JITTER;

test('a book in progress is looked at after half of its age, from 5 minutes to 6 hours', () => {
  expect(pauseOf(MINUTE)).toBe(5 * MINUTE);
  expect(pauseOf(2 * HOUR)).toBe(HOUR);
  expect(pauseOf(5 * DAY)).toBe(6 * HOUR);
});

test('a finished book is looked at ever rarer, and not after 30 days', () => {
  expect(pauseOf(10 * DAY, 6 * DAY)).toBe(3 * DAY);
  expect(pauseOf(30 * DAY, 25 * DAY)).toBe(9 * DAY);
  expect(pauseOf(40 * DAY, 31 * DAY)).toBe(Number.POSITIVE_INFINITY);
});
