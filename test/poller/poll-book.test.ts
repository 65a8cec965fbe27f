import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { newBook, readBook, updateBook } from '../../shared/store/books.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { bookStatus, type ScriptedDocument, TOO_EARLY } from '../consumers/testing/answers.ts';
import { saysComplete } from '../consumers/testing/complete-book.ts';
import { recordWrites } from '../consumers/testing/recorded-table.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import { useTables } from '../store/testing/table.ts';
import { makeBook } from './testing/books.ts';
import { createPollerStage, type PollerStage } from './testing/stage.ts';

const createTable = useTables();
let stage: PollerStage;
beforeEach(async () => {
  stage = createPollerStage(await createTable());
});

const says = (status: string, docs: readonly ScriptedDocument[] = []) =>
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs));
const finished = (uuid: string): ScriptedDocument => ({ uuid, status: 'VERIFICATION_COMPLETE' });
const rejected = (uuid: string): ScriptedDocument => ({ uuid, status: 'REJECTED' });
const sentNames = () => stage.sent.splice(0).map(({ eventName }) => eventName);
const book = () => readBook(stage.table, 'b');
/** Seconds until the book is polled next. */
const untilNext = async () =>
  Math.round((Date.parse((await book())?.dueAt ?? '') - stage.clock.now()) / 1000);
/** Polls the book at its next time. */
const pollNext = async () => {
  stage.clock.advance((await untilNext()) + 1);
  return stage.pollDue();
};
/** The book is known, and polled for the first time. */
const start = async (status: string, docs: readonly ScriptedDocument[] = []) => {
  await makeBook(stage.table, 'b');
  says(status, docs);
  return stage.pollDue();
};

test('a book that only an event has named is observed at once', async () => {
  expect(await start('VERIFYING', [{ uuid: 'd', status: 'QUEUED' }])).toEqual({ outcome: 'polled', sent: 0 });
  expect(await book()).toMatchObject({
    status: 'VERIFYING',
    documents: { QUEUED: 1 },
    source: 'poll',
    complete: false,
  });
});

test('what it lacks is sent after the grace time: its webhooks may be on their way', async () => {
  await start('VERIFIED', [finished('d')]);
  expect(sentNames()).toEqual([]);
  expect(await untilNext()).toBe(600);
  await pollNext();
  expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
});

test('what is sent is a whole message, with what Book status said and what to ask for', async () => {
  await start('VERIFIED', [finished('d')]);
  await pollNext();
  const [documents, results] = stage.sent;
  const sentAt = stage.clock.iso().slice(0, 19);
  expect(documents).toEqual({
    version: 1,
    deliveryId: expect.stringMatching(/^poll-/),
    account: 'default',
    source: 'poll',
    receivedAt: expect.stringContaining(sentAt),
    sentAt: expect.stringContaining(sentAt),
    eventName: 'poll.documents',
    channel: 'doc-verified',
    ids: { bookUuid: 'b' },
    wants: [
      { kind: 'forms', subject: 'd' },
      { kind: 'transactions', subject: 'd' },
    ],
    observation: expect.objectContaining({ status: 'VERIFIED' }),
  });
  expect(results).toMatchObject({
    eventName: 'poll.results',
    channel: 'book-results',
    ids: { bookUuid: 'b' },
    wants: [
      { kind: 'paystubs', subject: 'b' },
      { kind: 'summary', subject: 'b' },
      { kind: 'cash-flow', subject: 'b' },
      { kind: 'enriched-transactions', subject: 'b' },
      { kind: 'signals', subject: 'b' },
    ],
  });
  expect(results).not.toHaveProperty('observation');
});

test('a status that is not stored is sent as such', async () => {
  await start('VERIFYING', [{ uuid: 'd', status: 'QUEUED' }]);
  await pollNext();
  expect(stage.sent).toEqual([]);
  await pollNext();
  expect(stage.sent).toMatchObject([
    { eventName: 'poll.status', channel: 'lifecycle', ids: { bookUuid: 'b' } },
  ]);
});

test('when the webhooks have come in the meantime only pay stubs are sent for, and the book is complete', async () => {
  saysComplete(stage.ocrolus);
  await makeBook(stage.table, 'b');
  await stage.pollDue();
  for (const name of ['BOOK_VERIFIED', 'book.analytics_v2.generated', 'book.detect.signal_found']) {
    await receive(stage.consumers, [delivery(name, { bookUuid: 'b' }, { receivedAt: stage.clock.iso() })]);
  }
  expect(await pollNext()).toEqual({ outcome: 'polled', sent: 1 });
  expect(stage.sent).toMatchObject([{ wants: [{ kind: 'paystubs', subject: 'b' }] }]);
  await stage.process();
  expect(await pollNext()).toEqual({ outcome: 'polled', sent: 0 });
  expect(await book()).toMatchObject({ complete: true, completeAt: expect.any(String), open: [] });
  expect(await untilNext()).toBe(3600);
});

test('a book that changes again restarts its grace time', async () => {
  await start('VERIFIED', [rejected('d1')]);
  stage.clock.advance(600);
  says('VERIFIED', [rejected('d1'), rejected('d2')]);
  await stage.pollDue();
  expect(sentNames()).toEqual([]);
  expect(await untilNext()).toBe(600);
});

test('what is still missing is sent again, each round after twice the time, up to six hours', async () => {
  await start('VERIFIED', [finished('d')]);
  const waits: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    await pollNext();
    while (sentNames().length === 0) await pollNext();
    const { round: sent } = (await book()) ?? {};
    waits.push(Math.round((Date.parse(sent?.nextAt ?? '') - stage.clock.now()) / 60_000));
  }
  expect(waits).toEqual([10, 20, 40, 80, 160, 320, 360, 360]);
});

test('an operator does not wait for the grace time, nor for the last round', async () => {
  await start('VERIFIED', [finished('d')]);
  for (let n = 0; n < 2; n += 1) {
    await stage.pollRow({ bookId: 'b', item: BOOK_ITEM, dueAt: '' }, 'now');
    expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
  }
});

describe('a deleted book', () => {
  test('is written as it is, and is not polled any more', async () => {
    await start('VERIFIED', [rejected('d')]);
    stage.clock.advance(600);
    says('DELETED');
    await stage.pollDue();
    expect(await book()).toMatchObject({ status: 'DELETED' });
    expect(await book()).not.toHaveProperty('complete');
    await pollNext().catch(() => {});
    await stage.process();
    await pollNext().catch(() => {});
    expect(await book()).not.toHaveProperty('dueAt');
  });

  test('has nothing asked for that it lacked', async () => {
    await start('VERIFIED', [finished('d')]);
    await pollNext();
    stage.sent.splice(0);
    says('DELETED', [finished('d')]);
    await pollNext();
    await pollNext().catch(() => {});
    expect(stage.sent.filter(({ wants = [] }) => wants.length > 0)).toEqual([]);
  });
});

describe('the book stays due', () => {
  test('as it was when Ocrolus fails', async () => {
    await start('VERIFYING');
    stage.clock.advance(600);
    const before = await book();
    stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', 'network'));
    await expect(stage.pollDue()).rejects.toMatchObject({ class: 'retry' });
    expect(await book()).toEqual(before);
  });

  test('when the messages cannot be sent, and all is sent the next time', async () => {
    await start('VERIFIED', [finished('d')]);
    stage.clock.advance(601);
    const queue = { sendBatch: () => Promise.reject(new Error('SQS is down')) };
    const failing = createPollerStage(stage.table, {}, { queue, clock: stage.clock, ocrolus: stage.ocrolus });
    await expect(failing.pollDue()).rejects.toThrow('SQS is down');
    await stage.pollDue();
    expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
  });

  test('when the schedule cannot be written after sending: it is all sent again', async () => {
    await start('VERIFIED', [finished('d')]);
    stage.clock.advance(601);
    const table = recordWrites(stage.table, (item) => item === 'BOOK');
    const failing = createPollerStage(table, {}, { clock: stage.clock, ocrolus: stage.ocrolus });
    await expect(failing.pollDue()).rejects.toThrow('DynamoDB is down');
    expect(failing.sent).toHaveLength(2);
    await stage.pollDue();
    expect(stage.sent).toHaveLength(2);
  });
});

test('a row of the index that is out of date costs no call', async () => {
  await start('VERIFYING');
  const asked = stage.ocrolus.asked.length;
  expect(await stage.pollRow({ bookId: 'b', item: BOOK_ITEM, dueAt: '' })).toEqual({ outcome: 'skipped' });
  expect(await stage.pollRow({ bookId: 'gone', item: BOOK_ITEM, dueAt: '' })).toEqual({ outcome: 'skipped' });
  expect(stage.ocrolus.asked).toHaveLength(asked);
});

test('what a consumer writes while the book is polled survives, and nothing is sent twice', async () => {
  await start('VERIFIED', [finished('d')]);
  stage.clock.advance(601);
  stage.ocrolus.says(calls.incomeCalculations('b'), TOO_EARLY);
  stage.ocrolus.says(calls.incomeSummary('b'), TOO_EARLY);
  const event = delivery('book.income.generated', { bookUuid: 'b' }, { receivedAt: stage.clock.iso() });
  let batches = 0;
  const queue = {
    sendBatch: async () => {
      batches += 1;
      if (batches === 1) await receive(stage.consumers, [event], { attempts: 3 });
    },
  };
  const racing = createPollerStage(stage.table, {}, { queue, clock: stage.clock, ocrolus: stage.ocrolus });
  await racing.pollDue();
  expect(batches).toBe(2);
  const { entries, round, dueAt = '' } = (await book()) ?? {};
  expect(entries?.income).toMatchObject({ state: 'pending', openedAt: event.receivedAt });
  expect(round).toMatchObject({ count: 1, sentAt: expect.any(String) });
  // Not before the round has had its time.
  expect(dueAt).toBe(round?.nextAt);
});

test('a book that is removed while it is polled stays removed', async () => {
  await start('VERIFIED', [finished('d')]);
  stage.clock.advance(601);
  const queue = {
    sendBatch: async () => {
      await stage.table.delete({ bookId: 'b', item: BOOK_ITEM });
    },
  };
  const racing = createPollerStage(stage.table, {}, { queue, clock: stage.clock, ocrolus: stage.ocrolus });
  expect(await racing.pollDue()).toEqual({ outcome: 'skipped' });
  expect(await book()).toBeUndefined();
});

describe('a book of which only the pk is known', () => {
  beforeEach(async () => {
    const writer = { account: 'default', source: 'webhook', now: stage.clock.now() } as const;
    await updateBook(stage.table, 'pk-77', (known) => known ?? newBook('pk-77', { bookPk: '77' }, writer));
    const docs = [{ uuid: 'd', status: 'QUEUED' }];
    stage.ocrolus.says(calls.bookStatus({ bookPk: '77' }), bookStatus('b', 'VERIFYING', docs, { pk: 77 }));
    stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs, { pk: 77 }));
  });

  test('is asked for by it, and moves to its uuid', async () => {
    await stage.pollDue();
    expect(await readBook(stage.table, 'pk-77')).toBeUndefined();
    expect(await book()).toMatchObject({ bookUuid: 'b', bookPk: '77', status: 'VERIFYING' });
    for (let n = 0; n < 2; n += 1) await pollNext();
    expect(stage.sent).toMatchObject([
      { ids: { bookUuid: 'b', bookPk: '77' }, observation: { bookUuid: 'b' } },
    ]);
  });
});

describe('deep queues', () => {
  test('get nothing sent, and nothing of it is lost', async () => {
    await start('VERIFIED', [finished('d')]);
    stage.depth = 1000;
    expect(await pollNext()).toEqual({ outcome: 'polled', sent: 0 });
    expect(await untilNext()).toBe(300);
    stage.depth = 999;
    await pollNext();
    expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
    expect((await book())?.round).toMatchObject({ count: 1 });
  });

  test('get what an operator asks for', async () => {
    await start('VERIFIED', [finished('d')]);
    stage.depth = 1000;
    await stage.pollRow({ bookId: 'b', item: BOOK_ITEM, dueAt: '' }, 'now');
    expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
  });
});

test('a kind that the stage never wants is not asked for', async () => {
  const results = JSON.stringify({ summary: 'never', 'cash-flow': 'announced', forms: 'never' });
  stage = createPollerStage(stage.table, { RESULTS: results });
  await start('VERIFIED', [finished('d')]);
  await pollNext();
  expect(stage.sent.flatMap(({ wants = [] }) => wants.map(({ kind }) => kind))).toEqual([
    'transactions',
    'paystubs',
    'enriched-transactions',
    'signals',
  ]);
});
