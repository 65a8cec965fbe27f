import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { bookStatus, error } from '../testing/answers.ts';
import type { ScriptedReply } from '../testing/ocrolus.ts';
import { createStage, delivery, receive, type Stage } from '../testing/stage.ts';
import { entryOf } from '../testing/stored.ts';

let stage: Stage;
beforeEach(async () => {
  stage = createStage(await memoryTable());
});

const NOT_SERVED = error(403, 1203);
const FLAGS: ScriptedReply = { body: { response: { suspicious_activity_results: [] } } };
/** An event about each of some books, whose flags Ocrolus answers like this. */
const announce = async (from: number, to: number, reply: ScriptedReply) => {
  for (let n = from; n < to; n += 1) {
    const bookUuid = `b${n}`;
    stage.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
    stage.ocrolus.says(calls.suspiciousActivityFlags(bookUuid), reply);
    const receivedAt = stage.clock.iso();
    const event = delivery('SUSPICIOUS_ACTIVITY', { bookUuid }, { receivedAt });
    expect(await receive(stage, [event], { attempts: 3 })).toEqual([]);
  }
};
const asked = () => stage.ocrolus.count('suspicious-activity-flags');
const entry = (n: number) => entryOf(stage.table, `b${n}`, 'suspicious-activity');

test('a kind that 20 books in a row are refused is not asked for any more', async () => {
  await announce(0, 20, NOT_SERVED);
  expect(asked()).toBe(20);
  await announce(20, 25, NOT_SERVED);
  expect(asked()).toBe(20);
  expect(await entry(22)).toMatchObject({
    state: 'wanted',
    code: 'circuit-open',
    nextAt: expect.any(String),
  });
  expect(await stage.reader.events('b22')).toMatchObject([{ outcome: 'waiting' }]);
});

test('refusals of one book count once, however often it is refused', async () => {
  for (let n = 0; n < 25; n += 1) await announce(0, 1, NOT_SERVED);
  await announce(1, 2, NOT_SERVED);
  expect(await entry(1)).toMatchObject({ code: '1203' });
});

test.each<[string, ScriptedReply]>([
  ['a result', FLAGS],
  ['"not yet"', error(425, 9004)],
  ['another refusal', error(404, 1401)],
  ['a permanent refusal', error(404, 9006)],
])('%s in between starts the count again', async (_, reply) => {
  await announce(0, 19, NOT_SERVED);
  stage.clock.advance(61);
  await announce(19, 20, reply);
  stage.clock.advance(61);
  await announce(20, 30, NOT_SERVED);
  expect(await entry(29)).toMatchObject({ code: '1203' });
});

test('other kinds, and other accounts, are not affected', async () => {
  await announce(0, 20, NOT_SERVED);
  stage.ocrolus.says(calls.business('b0', 'biz'), { body: { middesk_response: { status: 'approved' } } });
  await receive(stage, [delivery('MIDDESK_VERIFIED', { bookUuid: 'b0', businessUuid: 'biz' })]);
  expect(await stage.reader.results('b0')).toMatchObject([{ kind: 'business' }]);
  const { state } = await stage.dependencies.circuits.state('lending', 'suspicious-activity');
  expect(state).toBe('closed');
});

test('a fault of Ocrolus does not open a circuit', async () => {
  for (let n = 0; n < 25; n += 1) {
    const bookUuid = `b${n}`;
    stage.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
    stage.ocrolus.says(calls.suspiciousActivityFlags(bookUuid), new Failure('retry', 'http-503'));
    await receive(stage, [delivery('SUSPICIOUS_ACTIVITY', { bookUuid })], { attempts: 10 });
  }
  expect(asked()).toBe(25);
});

test('one call an hour finds out whether it is served, and any other answer closes the circuit', async () => {
  await announce(0, 20, NOT_SERVED);
  for (let hour = 0; hour < 3; hour += 1) {
    stage.clock.advance(3600);
    await announce(20, 25, NOT_SERVED);
  }
  expect(asked()).toBe(23);
  stage.clock.advance(3600);
  await announce(20, 25, FLAGS);
  expect(asked()).toBe(28);
  expect(await entry(24)).toMatchObject({ state: 'stored' });
});
