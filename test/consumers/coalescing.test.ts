import { beforeEach, describe, expect, test } from 'vitest';
import { observe as docVerified } from '../../functions/consumers/doc-verified.ts';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { useTables } from '../store/testing/table.ts';
import { bookStatus, saysCaptured } from './testing/answers.ts';
import { createStage, delivery, receive, type Stage } from './testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const TEN = Array.from({ length: 10 }, (_, n) => `d${n}`);

function saysFinished(bookUuid: string, docUuids: readonly string[]): void {
  const docs = docUuids.map((uuid) => ({ uuid, status: 'VERIFICATION_COMPLETE' }));
  stage.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING', docs));
  for (const docUuid of docUuids) saysCaptured(stage.ocrolus, bookUuid, docUuid);
}
const ofDocument = (bookUuid: string, uploadedDocUuid: string) =>
  delivery('DOC_VERIFIED', { bookUuid, uploadedDocUuid });

test('ten records about one book cost one Book status call, and all ten documents are there', async () => {
  saysFinished('b', TEN);
  expect(
    await receive(
      stage,
      docVerified,
      TEN.map((docUuid) => ofDocument('b', docUuid)),
    ),
  ).toEqual([]);
  expect(stage.ocrolus.count('book-status')).toBe(1);
  expect((await stage.reader.documents('b')).map(({ docUuid }) => docUuid)).toEqual(TEN);
  expect(await stage.reader.events('b')).toHaveLength(10);
});

test('the same event twice in a batch fetches once', async () => {
  saysFinished('b', ['d0']);
  await receive(stage, docVerified, [ofDocument('b', 'd0'), ofDocument('b', 'd0')]);
  expect(stage.ocrolus.asked.map(({ operation }) => operation).sort()).toEqual([
    'book-status',
    'doc-form-data',
    'transactions',
  ]);
  expect(await stage.reader.events('b')).toHaveLength(2);
});

test('each book is asked for on its own', async () => {
  saysFinished('b', ['d0']);
  saysFinished('c', ['d1']);
  await receive(stage, docVerified, [ofDocument('b', 'd0'), ofDocument('c', 'd1')]);
  expect(stage.ocrolus.count('book-status')).toBe(2);
});

test('when the shared call fails every record of that book comes back, and no other', async () => {
  saysFinished('c', ['d1']);
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', 'network'));
  const messages = [ofDocument('b', 'd0'), ofDocument('c', 'd1'), ofDocument('b', 'd2')];
  expect(await receive(stage, docVerified, messages)).toEqual(['message-0', 'message-2']);
  expect(stage.ocrolus.count('book-status')).toBe(2);
});

test('every call must be answered before the time is over, with some left for the last writes', async () => {
  saysFinished('b', ['d0']);
  const start = stage.clock.now().getTime();
  await receive(stage, docVerified, [ofDocument('b', 'd0')], { remainingMs: 30_000 });
  expect(stage.ocrolus.asked.length).toBe(3);
  for (const { deadline } of stage.ocrolus.asked) expect(deadline).toBe(start + 25_000);
});

describe('what was seen a moment ago', () => {
  /** @returns how often Book status has been asked for by then. */
  const consume = async (docUuid: string, { attempts = 1, receivedAt = stage.clock.now() } = {}) => {
    const message = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: docUuid });
    const record = { ...message, receivedAt: receivedAt.toISOString() };
    await receive(stage, docVerified, [record], { attempts });
    return stage.ocrolus.count('book-status');
  };

  /** @returns when the events had come that what is seen now is an answer to. */
  const seeLater = async () => {
    saysFinished('b', TEN);
    const receivedAt = stage.clock.now();
    stage.clock.advance(10);
    expect(await consume('d0', { receivedAt })).toBe(1);
    return receivedAt;
  };

  test('serves the next batches too, as far as their events had come before it', async () => {
    const receivedAt = await seeLater();
    stage.clock.advance(20);
    expect(await consume('d1', { receivedAt })).toBe(1);
    expect((await stage.reader.documents('b')).filter(({ capturedAt }) => capturedAt)).toHaveLength(2);
    stage.clock.advance(20);
    expect(await consume('d2', { receivedAt })).toBe(2);
  });

  test('is no answer to an event that may have come after it, by another clock', async () => {
    saysFinished('b', TEN);
    expect(await consume('d0')).toBe(1);
    const receivedAt = new Date(stage.clock.now().getTime() - 4000);
    expect(await consume('d1', { receivedAt })).toBe(2);
  });

  test('is no answer to an event that had found nothing yet', async () => {
    const receivedAt = await seeLater();
    expect(await consume('d1', { receivedAt, attempts: 2 })).toBe(2);
  });

  test('is forgotten when Ocrolus fails to answer', async () => {
    const receivedAt = await seeLater();
    stage.clock.advance(40);
    stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', 'http-503'));
    expect(await consume('d1', { receivedAt })).toBe(2);
    expect(await consume('d1', { receivedAt })).toBe(3);
  });
});

test('many records of one book are bulk; those of other books in the batch pass them by', async () => {
  saysFinished('b', TEN);
  saysFinished('c', ['other']);
  const crowd = TEN.slice(0, 3).map((docUuid) => ofDocument('b', docUuid));
  await receive(stage, docVerified, [...crowd, ofDocument('c', 'other')]);
  const asked = Map.groupBy(stage.ocrolus.asked, ({ lane }) => lane);
  // Book status, and two calls for each document.
  expect(asked.get('bulk')).toHaveLength(1 + 3 * 2);
  expect(asked.get('express')).toHaveLength(1 + 2);
});

test('two records of one book are no crowd', async () => {
  saysFinished('b', TEN);
  await receive(stage, docVerified, [ofDocument('b', 'd0'), ofDocument('b', 'd1')]);
  expect(new Set(stage.ocrolus.asked.map(({ lane }) => lane))).toEqual(new Set(['express']));
});
