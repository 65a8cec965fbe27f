import { beforeEach, expect, test } from 'vitest';
import { poll } from '../../../functions/poller/poll.ts';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { BOOK_ITEM, dueShard } from '../../../shared/store/keys.ts';
import { memoryTable } from '../../shared/store/testing/memory-table.ts';
import { second } from '../../shared/store/testing/observations.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { makeBook, numbered } from './testing/books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
});

/** Makes books that only an event has named, which are due since then; Ocrolus shows them. */
async function booksDue(...uuids: readonly string[]): Promise<void> {
  for (const [n, bookUuid] of uuids.entries()) {
    await makeBook(harness.table, bookUuid, n);
    harness.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
  }
}

const sentBooks = () => harness.sent.map(({ ids }) => ids.bookUuid);

test('every due book is handed over, once; nothing is asked about it, and nothing of it is written', async () => {
  await booksDue(...numbered(12));
  const before = await harness.reader.book('b0');
  const receivedAt = harness.clock.iso();
  expect(await harness.run()).toEqual({ discovered: 0, polled: 12, isBehind: false, problems: [] });
  expect(sentBooks().sort()).toEqual(numbered(12).sort());
  // A message names the book, and says nothing of it.
  expect(harness.sent[0]).toEqual({
    version: 1,
    deliveryId: expect.stringMatching(/^poll-/),
    account: 'default',
    source: 'poll',
    receivedAt,
    eventName: 'poll.book',
    channel: 'book-results',
    ids: { bookUuid: sentBooks()[0] },
  });
  expect(harness.ocrolus.asked).toEqual([]);
  expect(await harness.reader.book('b0')).toEqual(before);
  expect(harness.counted).toEqual(
    new Map([
      ['PollerRun', 1],
      ['BooksPolled', 12],
    ]),
  );
});

test('an operator does not wait until the books are due', async () => {
  await booksDue(...numbered(25));
  await harness.run();
  await harness.process();
  expect(await harness.run(300_000, 'now')).toMatchObject({ polled: 25 });
  expect(harness.sent.every(({ urgent }) => urgent === true)).toBe(true);
  await harness.process();
  expect(harness.ocrolus.count('book-status')).toBe(50);
});

test('of two runs at once both hand the books over, and each book is looked at once', async () => {
  await booksDue(...numbered(6));
  await Promise.all([
    poll(harness.dependencies, 'run-1', 300_000),
    poll(harness.dependencies, 'run-2', 300_000),
  ]);
  expect(harness.sent).toHaveLength(12);
  await harness.process();
  expect(harness.ocrolus.count('book-status')).toBe(6);
});

test('books stay due when SQS fails, and when the messages are lost', async () => {
  await booksDue(...numbered(3));
  const sendBatch = () => Promise.reject(new Failure('retry', 'sqs-batch'));
  const failing = createPollerHarness(harness.table, {}, { queue: { sendBatch } });
  await expect(failing.run()).rejects.toMatchObject({ code: 'sqs-batch' });
  expect(await harness.run()).toMatchObject({ polled: 3 });
  harness.sent.splice(0);
  expect(await harness.run()).toMatchObject({ polled: 3 });
});

test('items that stop no other book from being looked at are those that version 0.1 kept in the index', async () => {
  await booksDue('good');
  for (let n = 0; n < 250; n += 1) {
    const item = {
      bookId: n % 2 === 0 ? 'account' : `pk-${n}`,
      item: n % 2 === 0 ? `OPEN#${n}` : BOOK_ITEM,
    };
    await harness.table.put({ ...item, dueAt: second(-n), dueShard: dueShard('good'), revision: 1 });
  }
  expect(await harness.run()).toMatchObject({ polled: 1, isBehind: false });
  expect(sentBooks()).toEqual(['good']);
});

test('the lag of a run is that of the book which is due longest, when the run begins', async () => {
  for (const [n, bookUuid] of ['b0', 'b1', 'b2'].entries())
    await makeBook(harness.table, bookUuid, 40 + 10 * n);
  await harness.run();
  expect(harness.measured.get('DueLag')).toBe(60);
});

test('an idle stage pays for its heartbeat only', async () => {
  await harness.run();
  expect(harness.measured).toEqual(new Map());
  expect(harness.counted).toEqual(new Map([['PollerRun', 1]]));
});
