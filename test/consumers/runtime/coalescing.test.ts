import { beforeEach, describe, expect, test } from 'vitest';
import { store } from '../../../functions/consumers/results/fetch.ts';
import { Batch } from '../../../functions/consumers/runtime/batch.ts';
import { DeliveryContext } from '../../../functions/consumers/runtime/delivery-context.ts';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, saysCaptured, signals } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
import { capturedDocuments } from '../testing/stored.ts';

const createTable = useTables();
let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await createTable());
});

const TEN = Array.from({ length: 10 }, (_, n) => `d${n}`);

function saysFinished(bookUuid: string, docUuids: readonly string[]): void {
  const docs = docUuids.map((uuid) => ({ uuid, status: 'VERIFICATION_COMPLETE' }));
  harness.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING', docs));
  for (const docUuid of docUuids) saysCaptured(harness.ocrolus, bookUuid, docUuid);
}
const ofDocument = (bookUuid: string, uploadedDocUuid: string) =>
  delivery('DOC_VERIFIED', { bookUuid, uploadedDocUuid });

test('ten records about one book cost one Book status call, and all ten documents are stored', async () => {
  saysFinished('b', TEN);
  const messages = TEN.map((docUuid) => ofDocument('b', docUuid));
  expect(await receive(harness, messages)).toEqual([]);
  expect(harness.ocrolus.count('book-status')).toBe(1);
  expect(await capturedDocuments(harness.table, 'b')).toEqual(TEN);
  expect(await harness.reader.events('b')).toHaveLength(10);
});

test('the same event twice in a batch fetches once', async () => {
  saysFinished('b', ['d0']);
  await receive(harness, [ofDocument('b', 'd0'), ofDocument('b', 'd0')]);
  expect(harness.ocrolus.asked.map(({ operation }) => operation).sort()).toEqual([
    'book-status',
    'doc-form-data',
    'transactions',
  ]);
  expect(await harness.reader.events('b')).toHaveLength(2);
});

test('different events of one batch that want the same result fetch it once, and both close its entry', async () => {
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  const [first, second] = ['book.detect.signal_found', 'book.detect.signal_not_found'].map((eventName, n) =>
    delivery(eventName, { bookUuid: 'b' }, { receivedAt: `2026-03-02T08:01:3${n}.000Z` }),
  );
  if (first === undefined || second === undefined) throw new Error('two events');
  await receive(harness, [second, first]);
  expect(harness.ocrolus.count('book-fraud-signals')).toBe(1);
  expect(await harness.reader.missing('b')).toEqual([]);
  expect(await harness.reader.results('b')).toHaveLength(1);
});

test('each book is asked for on its own', async () => {
  saysFinished('b', ['d0']);
  saysFinished('c', ['d1']);
  await receive(harness, [ofDocument('b', 'd0'), ofDocument('c', 'd1')]);
  expect(harness.ocrolus.count('book-status')).toBe(2);
});

test('when the shared call fails every record of that book is retried, and no other', async () => {
  saysFinished('c', ['d1']);
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', 'network'));
  const messages = [ofDocument('b', 'd0'), ofDocument('c', 'd1'), ofDocument('b', 'd2')];
  expect(await receive(harness, messages)).toEqual(['message-0', 'message-2']);
  expect(harness.ocrolus.count('book-status')).toBe(2);
});

test('every call must be answered before the time is over, with some left for the last writes', async () => {
  saysFinished('b', ['d0']);
  const start = harness.clock.now();
  await receive(harness, [ofDocument('b', 'd0')], { remainingMs: 30_000 });
  expect(harness.ocrolus.asked.length).toBe(3);
  for (const { deadline } of harness.ocrolus.asked) expect(deadline).toBe(start + 25_000);
});

describe('an observation of a moment ago', () => {
  /** @returns how often Book status has been asked for by then. */
  const consume = async (docUuid: string, { attempts = 1, receivedAt = harness.clock.now() } = {}) => {
    const message = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: docUuid });
    const record = { ...message, receivedAt: new Date(receivedAt).toISOString() };
    await receive(harness, [record], { attempts });
    return harness.ocrolus.count('book-status');
  };

  /** @returns when the events were received that the observation answers. */
  const observeLater = async () => {
    saysFinished('b', TEN);
    const receivedAt = harness.clock.now();
    harness.clock.advance(10);
    expect(await consume('d0', { receivedAt })).toBe(1);
    return receivedAt;
  };

  test('serves the next batches too, as far as their events were received before it', async () => {
    const receivedAt = await observeLater();
    harness.clock.advance(20);
    expect(await consume('d1', { receivedAt })).toBe(1);
    expect(await capturedDocuments(harness.table, 'b')).toHaveLength(2);
    harness.clock.advance(20);
    expect(await consume('d2', { receivedAt })).toBe(2);
  });

  test('does not answer an event that another clock may have received after it', async () => {
    saysFinished('b', TEN);
    expect(await consume('d0')).toBe(1);
    const receivedAt = harness.clock.now() - 4000;
    expect(await consume('d1', { receivedAt })).toBe(2);
  });

  test('does not answer an event that found nothing at its first attempt', async () => {
    const receivedAt = await observeLater();
    expect(await consume('d1', { receivedAt, attempts: 2 })).toBe(2);
  });

  test('is discarded when Ocrolus fails to answer', async () => {
    const receivedAt = await observeLater();
    harness.clock.advance(40);
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', 'http-503'));
    expect(await consume('d1', { receivedAt })).toBe(2);
    expect(await consume('d1', { receivedAt })).toBe(3);
  });
});

test('an answer that two records of a batch share has the newer generation of the two', async () => {
  const summary = {
    httpStatus: 200,
    json: {},
    body: Buffer.from('{}'),
    askedAt: '2026-03-02T08:01:31.000Z',
    operation: 'book-summary',
  };
  const envelope = delivery('book.analytics_v2.generated', { bookUuid: 'b' });
  const records = [{ envelope, attempts: 1 }];
  const context = new DeliveryContext({
    envelope,
    dependencies: harness.dependencies,
    log: harness.dependencies.log,
    batch: new Batch(records),
    attempts: 1,
    deadline: Number.POSITIVE_INFINITY,
  });
  for (const generation of [1, 2])
    await store(context, { bookUuid: 'b', kind: 'summary', subject: 'b', generation }, summary);
  expect(await harness.reader.results('b')).toMatchObject([{ kind: 'summary', generation: 2 }]);
});
