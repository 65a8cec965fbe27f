import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error } from '../consumers/testing/answers.ts';
import { saysComplete } from '../consumers/testing/complete-book.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { makeBook } from './testing/books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

let harness: PollerHarness;
beforeEach(async () => {
  harness = createPollerHarness(await memoryTable(), { POLL_DISCOVER: 'false' });
  saysComplete(harness.ocrolus, 'b', ['d']);
  await makeBook(harness.table, 'b');
});

const INFO = calls.bookInfo({ bookUuid: 'b' });
const book = () => harness.reader.book('b');
const asked = () => harness.ocrolus.count('book-info');

const INFO_ANSWER = {
  body: {
    status: 200,
    response: {
      xid: 'loan-1',
      book_type: 'DEFAULT',
      bank_accounts: { 7: { account_number: '40123456789' } },
    },
  },
};

test("the lender's own key of a book is asked for once, where no list of books is read", async () => {
  harness.ocrolus.says(INFO, INFO_ANSWER);
  await harness.live(2);
  expect(await book()).toMatchObject({ xid: 'loan-1', bookType: 'DEFAULT', complete: true });
  expect(asked()).toBe(1);
  expect(JSON.stringify(await book())).not.toContain('40123456789');
});

test.each([
  ['has no key', { body: { status: 200, response: { xid: null } } }],
  ['is refused', error(400, 2102)],
  ['has another shape', { body: { status: 200, response: [] } }],
])('an answer that %s is not asked for again, and keeps nothing from being complete', async (_, reply) => {
  harness.ocrolus.says(INFO, reply);
  await harness.live(2);
  expect(await book()).toMatchObject({ complete: true });
  expect(await book()).not.toHaveProperty('xid');
  expect(asked()).toBe(1);
});

test('what failed is asked for at the next poll', async () => {
  harness.ocrolus.says(INFO, new Failure('retry', 'network'), INFO_ANSWER);
  await harness.live(2);
  expect(await book()).toMatchObject({ xid: 'loan-1' });
  expect(asked()).toBe(2);
});

test('where the list of books is read, nothing is asked for', async () => {
  harness.ocrolus.says(INFO, INFO_ANSWER);
  harness = createPollerHarness(
    harness.table,
    { POLL_DISCOVER: 'true' },
    { ocrolus: harness.ocrolus, clock: harness.clock },
  );
  await harness.pollDue();
  expect(asked()).toBe(0);
});
