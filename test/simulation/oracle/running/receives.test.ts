import type { SQSRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { Meter } from '../../kernel/actors.ts';
import { Violations } from '../violations.ts';
import { Receives } from './receives.ts';

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
