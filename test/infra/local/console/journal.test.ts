import { beforeEach, expect, test } from 'vitest';
import { Journal } from '../../../../infra/local/console/journal/journal.ts';
import { listDeliveries } from '../../../../infra/local/console/views/delivery-list.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';

const BOOK = '11111111-1111-4111-8111-111111111111';
const AT = Date.parse('2026-01-01T00:00:00.000Z');

let now: number;
let journal: Journal;
beforeEach(() => {
  now = AT;
  journal = new Journal(() => now);
});

const post = (deliveryId: string, status: number, requestId = `api-${deliveryId}`) =>
  journal.requestAnswered({ requestId, deliveryId, at: now, ms: 5, status });

const log = (message: string, fields: object) =>
  journal.logged(
    JSON.stringify({ timestamp: new Date(now).toISOString(), level: 'INFO', message, ...fields }),
  );

/** A batch of messages, one for each delivery. */
const receive = (requestId: string, receives: number, ...deliveryIds: string[]) =>
  journal.invocationStarted('book-verified', requestId, {
    Records: deliveryIds.map((deliveryId) => ({
      messageId: `message-${deliveryId}`,
      attributes: { ApproximateReceiveCount: String(receives) },
      body: JSON.stringify(
        delivery('BOOK_VERIFIED', { bookUuid: BOOK }, { deliveryId, receivedAt: new Date(AT).toISOString() }),
      ),
    })),
  });

const end = (requestId: string, ...failed: string[]) =>
  journal.invocationEnded('book-verified', requestId, {
    ok: true,
    requestId,
    payload: JSON.stringify({ batchItemFailures: failed.map((id) => ({ itemIdentifier: `message-${id}` })) }),
  });

test('a delivery is followed from the webhook to the ledger', () => {
  post('one', 200);
  log('delivery queued', { deliveryId: 'one', eventName: 'BOOK_VERIFIED', channel: 'book-verified' });
  expect(journal.delivery('one')).toMatchObject({ state: 'queued', eventName: 'BOOK_VERIFIED' });
  receive('first', 1, 'one');
  expect(journal.delivery('one')).toMatchObject({ state: 'processing', bookId: BOOK });
  journal.ocrolusCalled('book-verified', 'first', {
    at: now,
    method: 'GET',
    path: '/v1/book',
    status: 200,
    ms: 7,
  });
  log('delivery processed', { deliveryId: 'one', requestId: 'first', outcome: 'applied' });
  now += 20;
  end('first');
  expect(journal.delivery('one')).toMatchObject({
    state: 'done',
    outcome: 'applied',
    posts: [{ status: 200 }],
    attempts: [{ receive: 1, ms: 20, result: 'done', calls: [{ path: '/v1/book', status: 200 }] }],
  });
  expect(journal.counts).toMatchObject({ accepted: 1, processed: 1, calls: 1, failedAttempts: 0 });
});

test('an attempt that fails says why, and when the next one is; only its own delivery is retried', () => {
  receive('first', 1, 'one', 'two');
  log('retry scheduled', { deliveryId: 'one', requestId: 'first', code: 'http-500', seconds: 3 });
  log('delivery processed', { deliveryId: 'two', requestId: 'first', outcome: 'unchanged' });
  end('first', 'one');
  expect(journal.delivery('one')).toMatchObject({
    state: 'retrying',
    attempts: [{ result: 'failed', code: 'http-500', retrySeconds: 3, batch: 2 }],
  });
  expect(journal.delivery('two')).toMatchObject({ state: 'done', attempts: [{ result: 'done' }] });
});

test('the process of a consumer that is killed leaves its delivery to be retried', () => {
  receive('first', 1, 'one');
  const error = { errorType: 'Runtime.ExitError', errorMessage: 'signal: SIGKILL' };
  journal.invocationEnded('book-verified', 'first', { ok: false, requestId: 'first', error });
  expect(journal.delivery('one')).toMatchObject({
    state: 'retrying',
    attempts: [{ result: 'killed', code: 'Runtime.ExitError' }],
  });
});

test.each(['before', 'after'])(
  'the reason of a refusal is found, its line in the log %s the answer',
  (order) => {
    const line = () => log('refused', { requestId: 'api-one', reason: 'signature-mismatch' });
    if (order === 'before') line();
    post('one', 401);
    if (order === 'after') line();
    expect(journal.delivery('one')).toMatchObject({
      state: 'refused',
      posts: [{ status: 401, reason: 'signature-mismatch' }],
    });
    post('one', 200, 'api-again');
    expect(journal.delivery('one')).toMatchObject({ state: 'queued' });
  },
);

test('a delivery is dead while its dead-letter queue has it', () => {
  receive('first', 6, 'one');
  end('first', 'one');
  journal.setDead(new Set(['one']));
  expect(journal.delivery('one')).toMatchObject({ state: 'dead' });
  journal.setDead(new Set());
  expect(journal.delivery('one')).toMatchObject({ state: 'queued' });
});

test('deliveries are listed newest first, and chosen by event, book, state and source', () => {
  post('refused', 401);
  now += 1000;
  post('queued', 200);
  log('delivery queued', { deliveryId: 'queued', eventName: 'book.verified', bookUuid: BOOK });
  const ids = (filter: object) =>
    listDeliveries(journal, undefined, { limit: 10, ...filter }).rows.map(({ deliveryId }) => deliveryId);
  expect(ids({})).toEqual(['queued', 'refused']);
  expect(ids({ event: ' Book.Ver' })).toEqual(['queued']);
  expect(ids({ book: BOOK.slice(0, 9) })).toEqual(['queued']);
  expect(ids({ state: 'refused' })).toEqual(['refused']);
  expect(ids({ source: 'poll' })).toEqual([]);
  expect(listDeliveries(journal, undefined, { limit: 1 })).toMatchObject({
    total: 2,
    rows: [{ deliveryId: 'queued' }],
  });
});

test('lines of other kinds and of deliveries that are not known change nothing', () => {
  for (const line of [
    'no JSON',
    '{"message":',
    '{"_aws":{}}',
    '{"timestamp":"","level":"INFO","message":"delivery processed","deliveryId":"x"}',
  ])
    journal.logged(line);
  expect(journal.deliveries).toEqual([]);
});

test('a run of the poller has its report, and an error where it failed', () => {
  const report = { discovered: 1, polled: 3, isBehind: true, problems: [] };
  for (const requestId of ['one', 'two']) journal.invocationStarted('poller', requestId, {});
  journal.invocationEnded('poller', 'one', { ok: true, requestId: 'one', payload: JSON.stringify(report) });
  const error = { errorType: 'Runtime.ExitError', errorMessage: 'signal: SIGKILL' };
  journal.invocationEnded('poller', 'two', { ok: false, requestId: 'two', error });
  expect(journal.pollerRuns).toMatchObject([
    { requestId: 'two', error: 'Runtime.ExitError' },
    { requestId: 'one', report: { discovered: 1, polled: 3, isBehind: true } },
  ]);
});
