import { describe, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document, error, saysEverything } from '../../../functions/consumers/testing/answers.ts';
import { look } from '../../../functions/consumers/testing/harness.ts';
import { EVERY_KIND } from '../../../functions/poller/testing/books.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const FINISHED = [document('d')];
/** Operations for a verified book with one document. */
const EVERYTHING = [
  'Book-summary',
  'book-fraud-signals',
  'book-paystub-data',
  'book-status',
  'cash-flow-features',
  'doc-form-data',
  'enriched-transactions',
  'transactions',
];

test('a book becomes complete without any webhook, and nothing is asked for twice', async () => {
  await book.start('VERIFYING', [document('d', 'VERIFYING')]);
  await book.lookFor(0.1);
  expect(await book.shown()).toMatchObject({ status: 'VERIFYING', complete: false });
  book.saysEverything('d');
  await book.lookFor(0.2);
  expect((await book.reader.results('b')).map(({ kind }) => kind).sort()).toEqual(EVERY_KIND);
  expect(await book.item()).toMatchObject({
    status: 'VERIFIED',
    capture: { state: 'complete' },
    analytics: { state: 'available' },
    detect: { state: 'available' },
    complete: true,
    completeAt: expect.any(String),
    open: [],
  });
  expect(await book.missing()).toEqual([]);
  const isResult = ({ operation }: { operation: string }) => operation !== 'book-status';
  expect(book.ocrolus.asked.filter(isResult)).toHaveLength(7);
});

test('an operator waits neither for the grace time nor for the days of the probes', async () => {
  await book.start('VERIFIED', FINISHED);
  const probes = ['classification-summary', 'income-calculations', 'suspicious-activity-flags'];
  expect(await book.look('now')).toEqual(expect.arrayContaining([...EVERYTHING, ...probes]));
});

test('a book that is not due costs no call, nor does one that is not known', async () => {
  await book.start('VERIFYING');
  book.ocrolus.asked.length = 0;
  expect(await book.receive([look('b'), look('gone')])).toEqual([]);
  expect(book.ocrolus.asked).toEqual([]);
  expect(await book.shown('gone')).toBeUndefined();
});

test('a deleted book is written as it is, is no longer looked at, and nothing of it is asked for', async () => {
  await book.start('VERIFIED', FINISHED);
  book.says('DELETED', FINISHED);
  expect(await book.lookNext()).toEqual(['book-status']);
  const item = await book.item();
  expect(item).toMatchObject({ status: 'DELETED' });
  for (const attribute of ['complete', 'open', 'dueAt', 'dueShard'])
    expect(item).not.toHaveProperty(attribute);
});

describe('a look without enough time', () => {
  test('is continued by another message, and nothing is asked for twice', async () => {
    const docUuids = Array.from({ length: 30 }, (_, n) => `d${n}`);
    book.saysEverything(...docUuids);
    await book.start(
      'VERIFIED',
      docUuids.map((uuid) => document(uuid)),
    );
    book.clock.advance(601);
    book.ocrolus.before = () => book.clock.advance(1);
    await book.receive([look('b')]);
    expect(book.consumers.requeued).toHaveLength(1);
    expect(await book.shown()).toMatchObject({ complete: false });
    book.ocrolus.before = () => {};
    book.poller.sent.push(look('b'));
    await book.poller.process();
    expect(await book.shown()).toMatchObject({ complete: true });
    expect(book.ocrolus.count('doc-form-data')).toBe(30);
  });

  test('leaves the other books of its batch to a later delivery', async () => {
    await book.start('VERIFIED', FINISHED);
    saysEverything(book.ocrolus, 'c', ['e']);
    await book.deliver('BOOK_VERIFIED', { bookUuid: 'c' });
    book.clock.advance(1200);
    book.ocrolus.before = () => book.clock.advance(6);
    expect(await book.receive([look('b'), look('c')])).toEqual(['message-1']);
    expect(book.consumers.visibility.get('receipt-1')).toBe(0);
  });
});

test('what an event marks while the book is looked at is kept, and the look does not postpone it', async () => {
  await book.start('VERIFIED', FINISHED);
  book.answers(calls.incomeCalculations('b'), error(425, 9004));
  book.answers(calls.incomeSummary('b'), error(425, 9004));
  book.during('cash_flow', async () => {
    await book.deliver('book.income.generated', {}, { attempts: 3 });
  });
  await book.lookNext();
  expect(await book.reader.missing('b')).toMatchObject([{ kind: 'income', subject: 'b', code: '9004' }]);
  expect(await book.shown()).toMatchObject({ complete: false, open: ['income'] });
  expect(await book.untilDue()).toBeLessThanOrEqual(300);
});

describe("the lender's own key of a book", () => {
  const INFO = calls.bookInfo({ bookUuid: 'b' });
  const accounts = { 7: { account_number: '40123456789' } };
  const KNOWN = {
    body: { status: 200, response: { xid: 'loan-1', book_type: 'DEFAULT', bank_accounts: accounts } },
  };

  test('is asked for until there is an answer, where no list of books is read', async () => {
    book.answers(INFO, new Failure('retry', 'network'), KNOWN);
    await book.start('VERIFIED', FINISHED);
    await book.lookFor(2);
    expect(await book.shown()).toMatchObject({ xid: 'loan-1', bookType: 'DEFAULT', complete: true });
    expect(book.ocrolus.count('book-info')).toBe(2);
    expect(JSON.stringify(await book.item())).not.toContain('40123456789');
  });

  test.each([
    ['has no key', { body: { status: 200, response: { xid: null } } }],
    ['is refused', error(400, 2102)],
    ['has another shape', { body: { status: 200, response: [] } }],
  ])('is not asked for again after an answer that %s', async (_, reply) => {
    book.answers(INFO, reply);
    await book.start('VERIFIED', FINISHED);
    await book.lookFor(2);
    expect(await book.item()).toMatchObject({ complete: true });
    expect(await book.item()).not.toHaveProperty('xid');
    expect(book.ocrolus.count('book-info')).toBe(1);
  });

  test('is not asked for where the list of books is read', async () => {
    book.answers(INFO, KNOWN);
    book.answers(calls.books(100, 0), { body: { response: [] } });
    book.redeploy({ settings: { POLL_DISCOVER: 'true' } });
    await book.start('VERIFIED', FINISHED);
    await book.look();
    expect(book.ocrolus.count('book-info')).toBe(0);
  });
});
