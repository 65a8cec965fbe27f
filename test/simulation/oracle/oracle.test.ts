import { readFileSync } from 'node:fs';
import type { SQSRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { Meter } from '../kernel/actors.ts';
import { DAY, HOUR, MINUTE } from '../ocrolus/random.ts';
import { defaultStage } from '../system/settings.ts';
import { JITTER, lookPause } from './deadlines/pauses.ts';
import { EXCUSES } from './excuses.ts';
import { Receives } from './running/batches.ts';
import { Violations } from './violations.ts';

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

const BODY = '{"eventName":"DOC_VERIFIED","bookUuid":"b"}';

/** Receives a message some times; each time it is given back. */
function receive(times: number, disturbed: (time: number) => boolean = () => false, body = BODY): number {
  const violations = new Violations(() => 0);
  const receives = new Receives(violations, {
    quickRetries: () => 2,
    mayWait: (bookUuid) => bookUuid === 'unreadable',
  });
  const records = [{ messageId: 'm', body }] as SQSRecord[];
  for (let time = 0; time < times; time += 1) {
    receives.received(records);
    const meter = new Meter();
    if (disturbed(time)) meter.disturbances = 1;
    receives.processed({ records, failed: new Set(['m']), meter });
  }
  return violations.counts['received-too-often'] ?? 0;
}

test('three receives are allowed, and a fourth is reported once', () => {
  expect(receive(3)).toBe(0);
  expect(receive(4)).toBe(1);
  expect(receive(9)).toBe(1);
});

test('a receive in which table, bucket or queue failed does not count', () => {
  expect(receive(5, (time) => time < 2)).toBe(0);
  expect(receive(6, (time) => time < 2)).toBe(1);
});

test('a message waits while its book is unknown, or cannot be read', () => {
  expect(receive(9, undefined, '{"eventName":"DOC_VERIFIED","bookPk":1}')).toBe(0);
  expect(receive(9, undefined, '{"eventName":"DOC_VERIFIED","bookUuid":"unreadable"}')).toBe(0);
});
