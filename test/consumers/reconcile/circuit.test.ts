import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { bookStatus, error } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
import type { ScriptedReply } from '../testing/ocrolus.ts';
import { entryOf } from '../testing/stored.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
});

const NOT_SERVED = error(403, 1203);
const FLAGS: ScriptedReply = { body: { response: { suspicious_activity_results: [] } } };
/** An event about each of some books, whose flags Ocrolus answers like this. */
const deliver = async (from: number, to: number, reply: ScriptedReply) => {
  for (let n = from; n < to; n += 1) {
    const bookUuid = `b${n}`;
    harness.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
    harness.ocrolus.says(calls.suspiciousActivityFlags(bookUuid), reply);
    const receivedAt = harness.clock.iso();
    const event = delivery('SUSPICIOUS_ACTIVITY', { bookUuid }, { receivedAt });
    expect(await receive(harness, [event], { attempts: 3 })).toEqual([]);
  }
};
const asked = () => harness.ocrolus.count('suspicious-activity-flags');
const entry = (n: number) => entryOf(harness.table, `b${n}`, 'suspicious-activity');

test('a kind that was refused for 20 books in a row is no longer requested', async () => {
  await deliver(0, 20, NOT_SERVED);
  expect(asked()).toBe(20);
  await deliver(20, 25, NOT_SERVED);
  expect(asked()).toBe(20);
  expect(await harness.reader.missing('b22')).toMatchObject([{ kind: 'suspicious-activity' }]);
  expect(await harness.reader.events('b22')).toMatchObject([{ outcome: 'waiting', reason: 'circuit-open' }]);
});

test('refusals of one book count once, however often it is refused', async () => {
  for (let n = 0; n < 25; n += 1) await deliver(0, 1, NOT_SERVED);
  await deliver(1, 2, NOT_SERVED);
  expect(await entry(1)).toMatchObject({ code: '1203' });
});

test.each<[string, ScriptedReply]>([
  ['a result', FLAGS],
  ['"not yet"', error(425, 9004)],
  ['another refusal', error(404, 1401)],
  ['a permanent refusal', error(404, 9006)],
])('%s in between starts the count again', async (_, reply) => {
  await deliver(0, 19, NOT_SERVED);
  harness.clock.advance(61);
  await deliver(19, 20, reply);
  harness.clock.advance(61);
  await deliver(20, 30, NOT_SERVED);
  expect(await entry(29)).toMatchObject({ code: '1203' });
});

test('other kinds, and other accounts, are not affected', async () => {
  await deliver(0, 20, NOT_SERVED);
  harness.ocrolus.says(calls.business('b0', 'biz'), { body: { middesk_response: { status: 'approved' } } });
  await receive(harness, [delivery('MIDDESK_VERIFIED', { bookUuid: 'b0', businessUuid: 'biz' })]);
  expect(await harness.reader.results('b0')).toMatchObject([{ kind: 'business' }]);
  const { state } = await harness.dependencies.circuits.state('lending', 'suspicious-activity');
  expect(state).toBe('closed');
});

test('a fault of Ocrolus does not open a circuit', async () => {
  for (let n = 0; n < 25; n += 1) {
    const bookUuid = `b${n}`;
    harness.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
    harness.ocrolus.says(calls.suspiciousActivityFlags(bookUuid), new Failure('retry', 'http-503'));
    await receive(harness, [delivery('SUSPICIOUS_ACTIVITY', { bookUuid })], { attempts: 10 });
  }
  expect(asked()).toBe(25);
});

test('one call an hour finds out whether it is served, and any other answer closes the circuit', async () => {
  await deliver(0, 20, NOT_SERVED);
  for (let hour = 0; hour < 3; hour += 1) {
    harness.clock.advance(3600);
    await deliver(20, 25, NOT_SERVED);
  }
  expect(asked()).toBe(23);
  harness.clock.advance(3600);
  await deliver(20, 25, FLAGS);
  expect(asked()).toBe(28);
  expect(await entry(24)).toMatchObject({ state: 'stored' });
});
