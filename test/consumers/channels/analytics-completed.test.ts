import { beforeEach, expect, test } from 'vitest';
import { observe } from '../../../functions/consumers/analytics-completed.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { error, TOO_EARLY } from '../testing/answers.ts';
import type { Reply } from '../testing/ocrolus.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  stage.ocrolus.says(calls.analytics({ bookUuid: 'b' }), { body: { response: { bank_accounts: {} } } });
});

const ofRequest = calls.asyncAnalyticsResult('r');
const state = (analytics_status: string): Reply => ({
  body: { status: 200, response: { r: { analytics_status, analytics: {} } } },
});
const tell = (analyticsRequestId?: string, receiving: Receiving = {}) => {
  const ids = { bookUuid: 'b', ...(analyticsRequestId !== undefined && { analyticsRequestId }) };
  return receive(stage, observe, [delivery('ANALYTICS_COMPLETED', ids)], receiving);
};
const operations = () => stage.ocrolus.asked.map(({ operation }) => operation);
const subjects = async () =>
  (await stage.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);

test('the result of the request is stored under its id', async () => {
  stage.ocrolus.says(ofRequest, state('COMPLETED'));
  expect(await tell('r')).toEqual([]);
  expect(await subjects()).toEqual(['analytics r']);
  expect(operations()).toEqual(['async-analytics-result']);
  expect(await stage.reader.book('b')).toMatchObject({ bookUuid: 'b', analytics: { state: 'available' } });
});

test('without an id the analytics of the book are stored', async () => {
  expect(await tell()).toEqual([]);
  expect(await subjects()).toEqual(['analytics b']);
  expect(operations()).toEqual(['analytics']);
});

test.each([
  ['is unknown', error(404, 1405)],
  ['has expired', state('EXPIRED')],
])('when the request %s the analytics of the book are stored', async (_, reply) => {
  stage.ocrolus.says(ofRequest, reply);
  expect(await tell('r')).toEqual([]);
  expect(await subjects()).toEqual(['analytics b']);
});

test.each([
  ['is being worked on', state('PROCESSING'), 'analytics-processing'],
  ['is too early', TOO_EARLY, '1404'],
])('while the request %s the book waits', async (_, reply, reason) => {
  stage.ocrolus.says(ofRequest, reply);
  await tell('r', { attempts: 3 });
  expect(await subjects()).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason }]);
  expect(await stage.reader.book('b')).not.toHaveProperty('analytics');
});

test('analytics that do not apply to the book are refused, on the book too, so that nobody asks again', async () => {
  stage.ocrolus.says(calls.analytics({ bookUuid: 'b' }), error(400, 9021));
  expect(await tell()).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'refused', reason: '9021' }]);
  expect(await stage.reader.book('b')).toMatchObject({ analytics: { state: 'refused', reason: '9021' } });
});
