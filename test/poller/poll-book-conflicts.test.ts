import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { finished, TOO_EARLY } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { recordWrites } from '../consumers/testing/recorded-table.ts';
import { delivery } from '../events/testing/delivery.ts';
import { useTables } from '../store/testing/table.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';
import { polledBook } from './testing/polled-book.ts';

const createTable = useTables();

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await createTable());
});

const { sentNames, book, start } = polledBook(() => harness);

describe('the book stays due', () => {
  test('as it was when Ocrolus fails', async () => {
    await start('VERIFYING');
    harness.clock.advance(600);
    const before = await book();
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', 'network'));
    await expect(harness.pollDue()).rejects.toMatchObject({ class: 'retry' });
    expect(await book()).toEqual(before);
  });

  test('when the messages cannot be sent, and all is sent the next time', async () => {
    await start('VERIFIED', [finished('d')]);
    harness.clock.advance(601);
    const queue = { sendBatch: () => Promise.reject(new Error('SQS is down')) };
    const failing = createPollerHarness(
      harness.table,
      {},
      { queue, clock: harness.clock, ocrolus: harness.ocrolus },
    );
    await expect(failing.pollDue()).rejects.toThrow('SQS is down');
    await harness.pollDue();
    expect(sentNames()).toEqual(['poll.documents', 'poll.results']);
  });

  test('when the schedule cannot be written after sending: it is all sent again', async () => {
    await start('VERIFIED', [finished('d')]);
    harness.clock.advance(601);
    const table = recordWrites(harness.table, (item) => item === 'BOOK');
    const failing = createPollerHarness(table, {}, { clock: harness.clock, ocrolus: harness.ocrolus });
    await expect(failing.pollDue()).rejects.toThrow('DynamoDB is down');
    expect(failing.sent).toHaveLength(2);
    await harness.pollDue();
    expect(harness.sent).toHaveLength(2);
  });
});

test('a row of the index that is out of date costs no call', async () => {
  await start('VERIFYING');
  const asked = harness.ocrolus.asked.length;
  expect(await harness.pollRow({ bookId: 'b', item: BOOK_ITEM, dueAt: '' })).toEqual({ outcome: 'skipped' });
  expect(await harness.pollRow({ bookId: 'gone', item: BOOK_ITEM, dueAt: '' })).toEqual({
    outcome: 'skipped',
  });
  expect(harness.ocrolus.asked).toHaveLength(asked);
});

test('what a consumer writes while the book is polled is kept, and nothing is sent twice', async () => {
  await start('VERIFIED', [finished('d')]);
  harness.clock.advance(601);
  harness.ocrolus.says(calls.incomeCalculations('b'), TOO_EARLY);
  harness.ocrolus.says(calls.incomeSummary('b'), TOO_EARLY);
  const event = delivery('book.income.generated', { bookUuid: 'b' }, { receivedAt: harness.clock.iso() });
  let batches = 0;
  const queue = {
    sendBatch: async () => {
      batches += 1;
      if (batches === 1) await receive(harness.consumers, [event], { attempts: 3 });
    },
  };
  const racing = createPollerHarness(
    harness.table,
    {},
    { queue, clock: harness.clock, ocrolus: harness.ocrolus },
  );
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
  harness.clock.advance(601);
  const queue = {
    sendBatch: async () => {
      await harness.table.delete({ bookId: 'b', item: BOOK_ITEM });
    },
  };
  const racing = createPollerHarness(
    harness.table,
    {},
    { queue, clock: harness.clock, ocrolus: harness.ocrolus },
  );
  expect(await racing.pollDue()).toEqual({ outcome: 'skipped' });
  expect(await book()).toBeUndefined();
});
