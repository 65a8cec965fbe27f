import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, error, TOO_EARLY } from '../testing/answers.ts';
import { createHarness, type Harness, look, type Receiving, receive } from '../testing/harness.ts';
import type { ScriptedReply } from '../testing/ocrolus.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  harness.ocrolus.asked.splice(0);
  harness.ocrolus.says(calls.analytics({ bookUuid: 'b' }), { body: { response: { bank_accounts: {} } } });
});

const ofRequest = calls.asyncAnalyticsResult('r');
const state = (analytics_status: string): ScriptedReply => ({
  body: { status: 200, response: { r: { analytics_status, analytics: {} } } },
});
const deliver = (analyticsRequestId?: string, receiving: Receiving = {}) => {
  const ids = { bookUuid: 'b', ...(analyticsRequestId !== undefined && { analyticsRequestId }) };
  return receive(harness, [delivery('ANALYTICS_COMPLETED', ids)], receiving);
};
/** The poller hands the book over some hours later. */
const follow = (hours = 1) => {
  harness.clock.advance(hours * 3600);
  return receive(harness, [look('b')]);
};
const operations = () => harness.ocrolus.asked.map(({ operation }) => operation);
const subjects = async () =>
  (await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);
const missing = async () =>
  (await harness.reader.missing('b')).map(({ kind, subject, code }) => `${kind} ${subject} ${code}`);

test('the result of the request is stored under its id', async () => {
  harness.ocrolus.says(ofRequest, state('COMPLETED'));
  expect(await deliver('r')).toEqual([]);
  expect(await subjects()).toEqual(['analytics r']);
  expect(operations()).toEqual(['async-analytics-result']);
  expect(await missing()).toEqual([]);
});

test('without an id the analytics of the book are stored', async () => {
  expect(await deliver()).toEqual([]);
  expect(await subjects()).toEqual(['analytics b']);
  expect(operations()).toEqual(['analytics']);
});

test('when the request has expired the analytics of the book are stored', async () => {
  harness.ocrolus.says(ofRequest, state('EXPIRED'));
  expect(await deliver('r')).toEqual([]);
  expect(await missing()).toEqual(['analytics b null']);
  await follow();
  expect(await subjects()).toEqual(['analytics b']);
  expect(await missing()).toEqual([]);
});

test.each<[string, ScriptedReply, string]>([
  ['is unknown', error(404, 1405), '1405'],
  ['is refused by a proxy', { httpStatus: 403, body: {} }, 'http-403'],
])('when the request %s it stays missing, and is asked for again', async (_, reply, code) => {
  harness.ocrolus.says(ofRequest, reply);
  expect(await deliver('r', { attempts: 3 })).toEqual([]);
  for (const hours of [1, 49]) {
    await follow(hours);
    expect(await missing()).toEqual([`analytics r ${code}`]);
  }
  harness.ocrolus.says(ofRequest, state('COMPLETED'));
  await follow(49);
  expect(await subjects()).toEqual(['analytics r']);
  expect(await missing()).toEqual([]);
});

test.each([
  ['is being computed', state('PROCESSING'), 'analytics-processing'],
  ['is too early', TOO_EARLY, '1404'],
])('while the request %s it is pending', async (_, reply, code) => {
  harness.ocrolus.says(ofRequest, reply);
  await deliver('r', { attempts: 3 });
  expect(await subjects()).toEqual([]);
  expect(await harness.reader.events('b')).toContainEqual(
    expect.objectContaining({ outcome: 'waiting', reason: code }),
  );
  expect(await missing()).toEqual([`analytics r ${code}`]);
});

test('analytics that do not apply to the data are not asked for again', async () => {
  harness.ocrolus.says(calls.analytics({ bookUuid: 'b' }), error(400, 9003));
  expect(await deliver()).toEqual([]);
  expect(await missing()).toEqual([]);
  expect(await harness.reader.events('b')).toContainEqual(expect.objectContaining({ reason: '9003' }));
});

test('two requests of a book have an entry each', async () => {
  harness.ocrolus.says(ofRequest, TOO_EARLY);
  harness.ocrolus.says(calls.asyncAnalyticsResult('s'), state('COMPLETED'));
  await deliver('r', { attempts: 3 });
  await deliver('s');
  expect(await subjects()).toEqual(['analytics s']);
  expect(await missing()).toEqual(['analytics r 1404']);
});
