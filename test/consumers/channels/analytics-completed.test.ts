import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, TOO_EARLY } from '../testing/answers.ts';
import type { ScriptedReply } from '../testing/ocrolus.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  await receive(stage, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  stage.ocrolus.asked.splice(0);
  stage.ocrolus.says(calls.analytics({ bookUuid: 'b' }), { body: { response: { bank_accounts: {} } } });
});

const ofRequest = calls.asyncAnalyticsResult('r');
const state = (analytics_status: string): ScriptedReply => ({
  body: { status: 200, response: { r: { analytics_status, analytics: {} } } },
});
const announce = (analyticsRequestId?: string, receiving: Receiving = {}) => {
  const ids = { bookUuid: 'b', ...(analyticsRequestId !== undefined && { analyticsRequestId }) };
  return receive(stage, [delivery('ANALYTICS_COMPLETED', ids)], receiving);
};
/** The poller asks for the result of the request. */
const follow = () =>
  receive(stage, [
    delivery(
      'poll.results',
      { bookUuid: 'b' },
      { source: 'poll', channel: 'book-results', wants: [{ kind: 'analytics', subject: 'r' }] },
    ),
  ]);
const operations = () => stage.ocrolus.asked.map(({ operation }) => operation);
const subjects = async () =>
  (await stage.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);
const missing = async () =>
  (await stage.reader.missing('b')).map(({ kind, subject, code }) => `${kind} ${subject} ${code}`);

test('the result of the request is stored under its id', async () => {
  stage.ocrolus.says(ofRequest, state('COMPLETED'));
  expect(await announce('r')).toEqual([]);
  expect(await subjects()).toEqual(['analytics r']);
  expect(operations()).toEqual(['async-analytics-result']);
  expect(await missing()).toEqual([]);
});

test('without an id the analytics of the book are stored', async () => {
  expect(await announce()).toEqual([]);
  expect(await subjects()).toEqual(['analytics b']);
  expect(operations()).toEqual(['analytics']);
});

test('when the request has expired the analytics of the book are stored', async () => {
  stage.ocrolus.says(ofRequest, state('EXPIRED'));
  expect(await announce('r')).toEqual([]);
  expect(await subjects()).toEqual(['analytics b']);
  expect(await missing()).toEqual([]);
});

test.each<[string, ScriptedReply, string]>([
  ['is unknown', error(404, 1405), '1405'],
  ['is refused by a proxy', { httpStatus: 403, body: {} }, 'http-403'],
])(
  'when the request %s the analytics of the book are stored, and the request stays missing',
  async (_, reply, code) => {
    stage.ocrolus.says(ofRequest, reply);
    expect(await announce('r')).toEqual([]);
    expect(await subjects()).toEqual(['analytics b']);
    expect(await missing()).toEqual([`analytics r ${code}`]);
    stage.clock.advance(3600);
    await follow();
    expect(await missing()).toEqual([`analytics r ${code}`]);
    stage.clock.advance(49 * 3600);
    await follow();
    expect(await missing()).toEqual([`analytics r ${code}`]);
    stage.ocrolus.says(ofRequest, state('EXPIRED'));
    stage.clock.advance(49 * 3600);
    await follow();
    expect(await missing()).toEqual([]);
  },
);

test.each([
  ['is being computed', state('PROCESSING'), 'analytics-processing'],
  ['is too early', TOO_EARLY, '1404'],
])('while the request %s it is pending', async (_, reply, code) => {
  stage.ocrolus.says(ofRequest, reply);
  await announce('r', { attempts: 3 });
  expect(await subjects()).toEqual([]);
  expect(await stage.reader.events('b')).toContainEqual(
    expect.objectContaining({ outcome: 'waiting', reason: code }),
  );
  expect(await missing()).toEqual([`analytics r ${code}`]);
});

test('analytics that do not apply to the data are not asked for again', async () => {
  stage.ocrolus.says(calls.analytics({ bookUuid: 'b' }), error(400, 9003));
  expect(await announce()).toEqual([]);
  expect(await missing()).toEqual([]);
  expect(await stage.reader.events('b')).toContainEqual(expect.objectContaining({ reason: '9003' }));
});

test('two requests of a book have an entry each', async () => {
  stage.ocrolus.says(ofRequest, TOO_EARLY);
  stage.ocrolus.says(calls.asyncAnalyticsResult('s'), state('COMPLETED'));
  await announce('r', { attempts: 3 });
  await announce('s');
  expect(await subjects()).toEqual(['analytics s']);
  expect(await missing()).toEqual(['analytics r 1404']);
});
