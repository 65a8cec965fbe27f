import { expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import {
  document,
  error,
  FORBIDDEN,
  saysEverything,
  TOO_EARLY,
} from '../../../functions/consumers/testing/answers.ts';
import { makeBook, numbered } from '../../../functions/poller/testing/books.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const FINISHED = [document('d')];

test.each([
  ['of a document', calls.documentForms('d'), 'doc-form-data'],
  ['of the book', calls.bookSummary('b'), 'Book-summary'],
])(
  'a result %s that is never ready is asked for less and less often, for a year',
  async (_, call, operation) => {
    book.answers(call, TOO_EARLY);
    await book.start('VERIFIED', FINISHED);
    const askedIn = async (days: number) => {
      const before = book.ocrolus.count(operation);
      await book.lookFor(days);
      return book.ocrolus.count(operation) - before;
    };
    expect(await askedIn(1)).toBeLessThan(12);
    expect(book.ocrolus.count(operation)).toBeGreaterThan(7);
    // The book is looked at hardly more often than a complete one.
    expect(book.ocrolus.count('book-status')).toBeLessThan(15);
    await askedIn(32);
    expect(await askedIn(330)).toBeLessThanOrEqual(12);
    await book.lookFor(100);
    expect(await book.item()).not.toHaveProperty('dueAt');
    expect(await book.item()).toMatchObject({ complete: false });
    expect(await book.missing()).toHaveLength(1);
  },
);

test.each([
  ['business biz', 'MIDDESK_VERIFIED', { businessUuid: 'biz' }, calls.business('b', 'biz')],
  ['analytics r', 'ANALYTICS_COMPLETED', { analyticsRequestId: 'r' }, calls.asyncAnalyticsResult('r')],
  ['income b', 'book.income.generated', {}, calls.incomeCalculations('b')],
])('%s that was announced is kept when the book is reopened', async (result, eventName, ids, call) => {
  book.says('VERIFIED', [document('d', 'REJECTED')]);
  await book.deliver('BOOK_VERIFIED');
  book.answers(call, TOO_EARLY);
  await book.deliver(eventName, ids, { attempts: 3 });
  book.says('VERIFYING', [document('d', 'REJECTED'), document('e', 'VERIFYING')]);
  book.clock.advance(60);
  await book.deliver('document.upload_succeeded', { uploadedDocUuid: 'e' });
  expect(await book.item()).toMatchObject({ generation: 2 });
  expect(await book.missing()).toEqual([result]);
  book.says('VERIFIED', [document('e', 'REJECTED')]);
  book.answers(call, { body: { response: { r: { analytics_status: 'COMPLETED' } } } });
  book.answers(calls.incomeSummary('b'), { body: {} });
  await book.lookFor(1);
  expect(await book.stored()).toContain(result);
});

test('a result whose announcement was lost is found by a probe, a day after the book was verified', async () => {
  book.saysIncome({});
  await book.start('VERIFIED', FINISHED);
  await book.lookFor(0.9);
  // A probe is no open entry.
  expect(await book.item()).toMatchObject({ complete: true });
  expect(await book.stored()).not.toContain('income b');
  await book.lookFor(0.2);
  expect(await book.stored()).toContain('income b');
  expect(await book.item()).toMatchObject({ complete: true, income: { state: 'available' } });
});

test.each([
  { kind: 'summary', operation: 'Book-summary', call: calls.bookSummary, refusal: error(403, 1203) },
  { kind: 'signals', operation: 'book-fraud-signals', call: calls.bookSignals, refusal: FORBIDDEN },
  {
    kind: 'forms',
    operation: 'doc-form-data',
    call: (bookUuid: string) => calls.documentForms(`d-${bookUuid}`),
    refusal: FORBIDDEN,
  },
])(
  '$kind that no book gets costs a call an hour, then no book lacks it',
  async ({ kind, operation, call, refusal }) => {
    const books = numbered(25);
    for (const bookUuid of books) {
      await makeBook(book.table, bookUuid);
      saysEverything(book.ocrolus, bookUuid, [`d-${bookUuid}`]);
      book.answers(call(bookUuid), refusal);
    }
    await book.live(0.5);
    const before = book.ocrolus.count(operation);
    expect(before).toBeLessThan(60);
    await book.live(0.4);
    expect(book.ocrolus.count(operation) - before).toBeLessThanOrEqual(10);
    // An outage is possible for a day.
    expect(await book.shown('b0')).toMatchObject({ complete: false, open: [kind] });
    await book.live(2);
    for (const bookUuid of books)
      expect(await book.shown(bookUuid)).toMatchObject({ complete: true, open: [] });
    for (const bookUuid of books) saysEverything(book.ocrolus, bookUuid, [`d-${bookUuid}`]);
    await book.live(8);
    const subject = (bookUuid: string) => (kind === 'forms' ? `d-${bookUuid}` : bookUuid);
    for (const bookUuid of books) {
      expect(await book.stored(bookUuid)).toContain(`${kind} ${subject(bookUuid)}`);
      expect(await book.shown(bookUuid)).toMatchObject({ complete: true });
    }
  },
);
