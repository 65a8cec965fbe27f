import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { newBook, readBook, updateBook } from '../../shared/store/books.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { bookStatus, finished, type ScriptedDocument } from '../consumers/testing/answers.ts';
import { saysComplete } from '../consumers/testing/complete-book.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { useTables } from '../store/testing/table.ts';
import { makeBook } from './testing/books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';
import { polledBook } from './testing/polled-book.ts';

const createTable = useTables();

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await createTable());
});

const { says, sentNames, book, start } = polledBook(() => harness);

const rejected = (uuid: string): ScriptedDocument => ({ uuid, status: 'REJECTED' });

/** Seconds until the book is polled next. */
const untilNext = async () =>
  Math.round((Date.parse((await book())?.dueAt ?? '') - harness.clock.now()) / 1000);

/** Polls the book at its next time. */
const pollNext = async () => {
  harness.clock.advance((await untilNext()) + 1);
  return harness.pollDue();
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

test('missing results are sent after the grace time, because webhooks may still arrive', async () => {
  await start('VERIFIED', [finished('d')]);
  expect(sentNames()).toEqual([]);
  expect(await untilNext()).toBe(600);
  await pollNext();
  expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
});

test('a message has everything: the answer of Book status, and what to request', async () => {
  await start('VERIFIED', [finished('d')]);
  await pollNext();
  const [documents, results] = harness.sent;
  const sentAt = harness.clock.iso().slice(0, 19);
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
  expect(harness.sent).toEqual([]);
  await pollNext();
  expect(harness.sent).toMatchObject([
    { eventName: 'poll.status', channel: 'lifecycle', ids: { bookUuid: 'b' } },
  ]);
});

test('when the webhooks have arrived in the meantime, only pay stubs are sent for, and the book is complete', async () => {
  saysComplete(harness.ocrolus);
  await makeBook(harness.table, 'b');
  await harness.pollDue();
  for (const name of ['BOOK_VERIFIED', 'book.analytics_v2.generated', 'book.detect.signal_found']) {
    await receive(harness.consumers, [
      delivery(name, { bookUuid: 'b' }, { receivedAt: harness.clock.iso() }),
    ]);
  }
  expect(await pollNext()).toEqual({ outcome: 'polled', sent: 1 });
  expect(harness.sent).toMatchObject([{ wants: [{ kind: 'paystubs', subject: 'b' }] }]);
  await harness.process();
  expect(await pollNext()).toEqual({ outcome: 'polled', sent: 0 });
  expect(await book()).toMatchObject({ complete: true, completeAt: expect.any(String), open: [] });
  expect(await untilNext()).toBe(3600);
});

test('a book that changes again restarts its grace time', async () => {
  await start('VERIFIED', [rejected('d1')]);
  harness.clock.advance(600);
  says('VERIFIED', [rejected('d1'), rejected('d2')]);
  await harness.pollDue();
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
    waits.push(Math.round((Date.parse(sent?.nextAt ?? '') - harness.clock.now()) / 60_000));
  }
  expect(waits).toEqual([10, 20, 40, 80, 160, 320, 360, 360]);
});

test('an operator does not wait for the grace time, nor for the last round', async () => {
  await start('VERIFIED', [finished('d')]);
  for (let n = 0; n < 2; n += 1) {
    await harness.pollRow({ bookId: 'b', item: BOOK_ITEM, dueAt: '' }, 'now');
    expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
  }
});

describe('a deleted book', () => {
  test('is written as it is, and is no longer polled', async () => {
    await start('VERIFIED', [rejected('d')]);
    harness.clock.advance(600);
    says('DELETED');
    await harness.pollDue();
    expect(await book()).toMatchObject({ status: 'DELETED' });
    expect(await book()).not.toHaveProperty('complete');
    await pollNext().catch(() => {});
    await harness.process();
    await pollNext().catch(() => {});
    expect(await book()).not.toHaveProperty('dueAt');
  });

  test('has none of its missing results requested', async () => {
    await start('VERIFIED', [finished('d')]);
    await pollNext();
    harness.sent.splice(0);
    says('DELETED', [finished('d')]);
    await pollNext();
    await pollNext().catch(() => {});
    expect(harness.sent.filter(({ wants = [] }) => wants.length > 0)).toEqual([]);
  });
});

describe('a book of which only the pk is known', () => {
  beforeEach(async () => {
    const writer = { account: 'default', source: 'webhook', now: harness.clock.now() } as const;
    await updateBook(harness.table, 'pk-77', (known) => known ?? newBook('pk-77', { bookPk: '77' }, writer));
    const docs = [{ uuid: 'd', status: 'QUEUED' }];
    harness.ocrolus.says(calls.bookStatus({ bookPk: '77' }), bookStatus('b', 'VERIFYING', docs, { pk: 77 }));
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs, { pk: 77 }));
  });

  test('is asked for by it, and moves to its uuid', async () => {
    await harness.pollDue();
    expect(await readBook(harness.table, 'pk-77')).toBeUndefined();
    expect(await book()).toMatchObject({ bookUuid: 'b', bookPk: '77', status: 'VERIFYING' });
    for (let n = 0; n < 2; n += 1) await pollNext();
    expect(harness.sent).toMatchObject([
      { ids: { bookUuid: 'b', bookPk: '77' }, observation: { bookUuid: 'b' } },
    ]);
  });
});

describe('deep queues', () => {
  test('get no messages, and nothing is lost', async () => {
    await start('VERIFIED', [finished('d')]);
    harness.depth = 1000;
    expect(await pollNext()).toEqual({ outcome: 'polled', sent: 0 });
    expect(await untilNext()).toBe(300);
    harness.depth = 999;
    await pollNext();
    expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
    expect((await book())?.round).toMatchObject({ count: 1 });
  });

  test('get what an operator asks for', async () => {
    await start('VERIFIED', [finished('d')]);
    harness.depth = 1000;
    await harness.pollRow({ bookId: 'b', item: BOOK_ITEM, dueAt: '' }, 'now');
    expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
  });
});

test('a kind with the policy `never` is not asked for', async () => {
  const results = JSON.stringify({ summary: 'never', 'cash-flow': 'announced', forms: 'never' });
  harness = createPollerHarness(harness.table, { RESULTS: results });
  await start('VERIFIED', [finished('d')]);
  await pollNext();
  expect(harness.sent.flatMap(({ wants = [] }) => wants.map(({ kind }) => kind))).toEqual([
    'transactions',
    'paystubs',
    'enriched-transactions',
    'signals',
  ]);
});
