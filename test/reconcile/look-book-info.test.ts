import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error, finished } from '../consumers/testing/answers.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { saysEverything } from './testing/answers.ts';
import { lookedBook } from './testing/looked-book.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
});

const { book, lookNow, lookNext, lookFor, start } = lookedBook(() => harness);

const FINISHED = [finished('d')];

describe("the lender's own key of a book", () => {
  const INFO = calls.bookInfo({ bookUuid: 'b' });
  const asked = () => harness.ocrolus.count('book-info');
  const accounts = { 7: { account_number: '40123456789' } };
  const KNOWN = {
    body: { status: 200, response: { xid: 'loan-1', book_type: 'DEFAULT', bank_accounts: accounts } },
  };

  test('is asked for once, where no list of books is read', async () => {
    harness.ocrolus.says(INFO, KNOWN);
    await start('VERIFIED', FINISHED);
    await lookFor(2);
    expect(await book()).toMatchObject({ xid: 'loan-1', bookType: 'DEFAULT', complete: true });
    expect(asked()).toBe(1);
    expect(JSON.stringify(await book())).not.toContain('40123456789');
  });

  test.each([
    ['has no key', { body: { status: 200, response: { xid: null } } }],
    ['is refused', error(400, 2102)],
    ['has another shape', { body: { status: 200, response: [] } }],
  ])('is not asked for again after an answer that %s', async (_, reply) => {
    harness.ocrolus.says(INFO, reply);
    await start('VERIFIED', FINISHED);
    await lookFor(2);
    expect(await book()).toMatchObject({ complete: true });
    expect(await book()).not.toHaveProperty('xid');
    expect(asked()).toBe(1);
  });

  test('is asked for again at the next look after a failure', async () => {
    harness.ocrolus.says(INFO, new Failure('retry', 'network'), KNOWN);
    await start('VERIFIED', FINISHED);
    await lookNext();
    expect(await book()).toMatchObject({ xid: 'loan-1' });
    expect(asked()).toBe(2);
  });

  test('is not asked for where the list of books is read', async () => {
    const { ocrolus, clock } = harness;
    ocrolus.says(INFO, KNOWN);
    ocrolus.says(calls.books(100, 0), { body: { response: [] } });
    harness = createPollerHarness(harness.table, { POLL_DISCOVER: 'true' }, { ocrolus, clock });
    await start('VERIFIED', FINISHED);
    await lookNow();
    expect(asked()).toBe(0);
  });
});
