import { beforeEach, describe, expect, test } from 'vitest';
import { CLASSIFY_ONLY } from '../../../../shared/checklist/kinds.ts';
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
  'a result %s that is never ready is asked for less and less often, monthly after the horizon, for a year',
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

test('results have schedules of their own', async () => {
  book.answers(calls.bookSummary('b'), TOO_EARLY);
  book.answers(calls.suspiciousActivityFlags('b'), FORBIDDEN);
  await book.start('VERIFYING');
  await book.deliver('book.analytics_v2.generated', {}, { attempts: 3 });
  book.clock.advance(200);
  await book.deliver('SUSPICIOUS_ACTIVITY', {}, { attempts: 3 });
  const looks = [await book.lookNext(), await book.lookNext(), await book.lookNext()];
  const asked = looks.map((operations) => operations.filter((operation) => operation !== 'book-status'));
  expect(asked.filter(({ length }) => length > 0)).toEqual([['Book-summary'], ['suspicious-activity-flags']]);
});

describe('what was announced is kept when the book is reopened', () => {
  const reopen = async () => {
    book.says('VERIFYING', [document('d', 'REJECTED'), document('e', 'VERIFYING')]);
    book.clock.advance(60);
    await book.deliver('document.upload_succeeded', { uploadedDocUuid: 'e' });
    expect(await book.item()).toMatchObject({ generation: 2 });
  };
  beforeEach(async () => {
    book.says('VERIFIED', [document('d', 'REJECTED')]);
    await book.deliver('BOOK_VERIFIED');
  });

  test.each([
    {
      result: 'business biz',
      eventName: 'MIDDESK_VERIFIED',
      ids: { businessUuid: 'biz' },
      call: calls.business('b', 'biz'),
      before: { body: { middesk_response: { status: 'pending' } } },
      after: { body: { middesk_response: { status: 'approved' } } },
    },
    {
      result: 'analytics r',
      eventName: 'ANALYTICS_COMPLETED',
      ids: { analyticsRequestId: 'r' },
      call: calls.asyncAnalyticsResult('r'),
      before: TOO_EARLY,
      after: { body: { response: { r: { analytics_status: 'COMPLETED', analytics: {} } } } },
    },
  ])('$result', async ({ result, eventName, ids, call, before, after }) => {
    book.answers(call, before);
    await book.deliver(eventName, ids, { attempts: 3 });
    await reopen();
    expect(await book.missing()).toEqual([result]);
    book.answers(call, after);
    await book.lookFor(1);
    expect(await book.stored()).toContain(result);
  });

  test('income b', async () => {
    book.answers(calls.incomeCalculations('b'), TOO_EARLY);
    await book.deliver('book.income.generated');
    await reopen();
    book.says('VERIFIED', [document('e', 'REJECTED')]);
    await book.lookFor(1);
    expect(await book.missing()).toEqual(['income b']);
  });
});

describe('a result whose announcement was lost', () => {
  test('is found by a probe, a day after the book was verified', async () => {
    book.answers(calls.incomeCalculations('b'), { body: { incomes: [{}] } });
    book.answers(calls.incomeSummary('b'), { body: {} });
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
    ['refused', FORBIDDEN],
    ['not ready', TOO_EARLY],
  ])('is probed three times where it is %s, and the book stays complete', async (_, reply) => {
    const probed = {
      'income-calculations': calls.incomeCalculations('b'),
      'classification-summary': calls.classificationSummary('b'),
      'suspicious-activity-flags': calls.suspiciousActivityFlags('b'),
      analytics: calls.analytics({ bookUuid: 'b' }),
    };
    for (const call of Object.values(probed)) book.answers(call, reply);
    await book.start('VERIFIED', FINISHED);
    await book.lookFor(30);
    for (const operation of Object.keys(probed))
      expect([operation, book.ocrolus.count(operation)]).toEqual([operation, 3]);
    expect(await book.item()).toMatchObject({ complete: true });
  });
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
  '$kind that no book of the account gets costs a call an hour, then no book lacks it, and it is fetched once it is served',
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

describe('pay stubs', () => {
  const PAY_STUB = { uuid: 'p', doc_uuid: 'd', status: 'COMPLETED', net_pay: { totals: '1480.25' } };
  const answer = (response: unknown) => ({ body: { status: 200, message: 'OK', response } });

  test('are stored as they came, by one call', async () => {
    const said = answer([PAY_STUB, { ...PAY_STUB, uuid: 'q' }]);
    book.answers(calls.bookPayStubs('b'), said);
    await book.start('VERIFIED', FINISHED);
    await book.lookFor(0.1);
    expect(await book.body('paystubs')).toBe(JSON.stringify(said.body));
    expect(await book.reader.results('b')).toContainEqual(
      expect.objectContaining({
        kind: 'paystubs',
        subject: 'b',
        operation: 'book-paystub-data',
        summary: { payStubs: 2 },
      }),
    );
    expect(book.ocrolus.count('book-paystub-data')).toBe(1);
  });

  test.each([
    ['not there yet', error(400, 1404)],
    ['refused', error(403, 2102)],
    ['null', answer(null)],
  ])('that are %s keep the book from being complete', async (_, reply) => {
    book.answers(calls.bookPayStubs('b'), reply);
    await book.start('VERIFIED', FINISHED);
    await book.lookFor(0.1);
    expect(await book.item()).toMatchObject({ complete: false, open: ['paystubs'] });
    book.answers(calls.bookPayStubs('b'), answer([PAY_STUB]));
    await book.lookFor(0.2);
    expect(await book.item()).toMatchObject({ complete: true });
  });

  test('are not asked for where no document has results, or the book is only classified', async () => {
    await book.start('VERIFIED', [document('d', 'REJECTED')]);
    await book.lookFor(2);
    book.says('VERIFYING', [document('e', 'CLASSIFIED')], { book_class: CLASSIFY_ONLY });
    book.answers(calls.classificationSummary('b'), answer({}));
    await book.lookFor(2);
    expect(await book.item()).toMatchObject({ complete: true });
    expect(book.ocrolus.count('book-paystub-data')).toBe(0);
  });
});
