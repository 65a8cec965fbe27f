import { beforeEach, describe, expect, test } from 'vitest';
import { CLASSIFY_ONLY } from '../../shared/checklist/kinds.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error, finished, TOO_EARLY } from '../consumers/testing/answers.ts';
import { makeBook, numbered } from '../poller/testing/books.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { FORBIDDEN, saysAnalytics, saysEverything } from './testing/answers.ts';
import { deliver } from './testing/harness.ts';
import { lookedBook } from './testing/looked-book.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
});

const { says, book, lookNext, lookFor, start } = lookedBook(() => harness);

const FINISHED = [finished('d')];
const missing = async () =>
  (await harness.reader.missing('b')).map(({ kind, subject }) => `${kind} ${subject}`);
const stored = async () =>
  (await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);

describe('a result that is never ready', () => {
  test.each([
    ['of a document', calls.documentForms('d'), 'doc-form-data'],
    ['of the book', calls.bookSummary('b'), 'Book-summary'],
  ])(
    '%s is asked for less and less often, monthly after the horizon, for a year',
    async (_, call, operation) => {
      harness.ocrolus.says(call, TOO_EARLY);
      await start('VERIFIED', FINISHED);
      const askedIn = async (days: number) => {
        const before = harness.ocrolus.count(operation);
        await lookFor(days);
        return harness.ocrolus.count(operation) - before;
      };
      expect(await askedIn(1)).toBeGreaterThan(7);
      expect(harness.ocrolus.count(operation)).toBeLessThan(12);
      expect(await askedIn(28)).toBeLessThanOrEqual(4 * 28);
      await askedIn(4);
      expect(await askedIn(330)).toBeLessThanOrEqual(12);
      await lookFor(100);
      expect(await book()).not.toHaveProperty('dueAt');
      expect(await book()).toMatchObject({ complete: false });
      expect(await missing()).toHaveLength(1);
    },
  );

  test('has the book looked at hardly more often than a complete one', async () => {
    harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
    await start('VERIFIED', FINISHED);
    await lookFor(1);
    expect(harness.ocrolus.count('book-status')).toBeLessThan(15);
  });

  test('and becomes ready after all does not hide a later one', async () => {
    harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
    await start('VERIFIED', FINISHED);
    await lookFor(0.2);
    saysEverything(harness.ocrolus);
    await lookFor(0.3);
    expect(await book()).toMatchObject({ complete: true });
    expect(await stored()).toHaveLength(7);
  });
});

test('results have schedules of their own', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  harness.ocrolus.says(calls.suspiciousActivityFlags('b'), FORBIDDEN);
  await start('VERIFYING');
  await deliver(harness, 'book.analytics_v2.generated', {}, { attempts: 3 });
  harness.clock.advance(200);
  await deliver(harness, 'SUSPICIOUS_ACTIVITY', {}, { attempts: 3 });
  const looks = [await lookNext(), await lookNext(), await lookNext()];
  const asked = looks.map((operations) => operations.filter((operation) => operation !== 'book-status'));
  expect(asked.filter(({ length }) => length > 0)).toEqual([['Book-summary'], ['suspicious-activity-flags']]);
});

describe('what was announced is kept when the book is reopened', () => {
  const reopen = async () => {
    says('VERIFYING', [
      { uuid: 'd', status: 'REJECTED' },
      { uuid: 'e', status: 'VERIFYING' },
    ]);
    harness.clock.advance(60);
    await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'e' });
    expect(await book()).toMatchObject({ generation: 2 });
  };
  beforeEach(async () => {
    says('VERIFIED', [{ uuid: 'd', status: 'REJECTED' }]);
    await deliver(harness, 'BOOK_VERIFIED');
  });

  test('of a business', async () => {
    const says = (status: string) =>
      harness.ocrolus.says(calls.business('b', 'biz'), { body: { middesk_response: { status } } });
    says('pending');
    await deliver(harness, 'MIDDESK_VERIFIED', { businessUuid: 'biz' });
    await reopen();
    expect(await missing()).toEqual(['business biz']);
    says('approved');
    await lookFor(1);
    expect(await stored()).toContain('business biz');
  });

  test('of a request', async () => {
    harness.ocrolus.says(calls.asyncAnalyticsResult('r'), TOO_EARLY);
    await deliver(harness, 'ANALYTICS_COMPLETED', { analyticsRequestId: 'r' });
    await reopen();
    harness.ocrolus.says(calls.asyncAnalyticsResult('r'), {
      body: { response: { r: { analytics_status: 'COMPLETED', analytics: {} } } },
    });
    await lookFor(1);
    expect(await stored()).toContain('analytics r');
  });

  test('of the book', async () => {
    harness.ocrolus.says(calls.incomeCalculations('b'), TOO_EARLY);
    await deliver(harness, 'book.income.generated');
    await reopen();
    says('VERIFIED', [{ uuid: 'e', status: 'REJECTED' }]);
    await lookFor(1);
    expect(await missing()).toEqual(['income b']);
  });
});

describe('a result whose announcement was lost', () => {
  test('is found by a probe, a day after the book was verified', async () => {
    harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [{}] } });
    harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
    await start('VERIFIED', FINISHED);
    await lookFor(0.9);
    // A probe is no open entry.
    expect(await book()).toMatchObject({ complete: true });
    expect(await stored()).not.toContain('income b');
    await lookFor(0.2);
    expect(await stored()).toContain('income b');
    expect(await book()).toMatchObject({ complete: true, income: { state: 'available' } });
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
    for (const call of Object.values(probed)) harness.ocrolus.says(call, reply);
    await start('VERIFIED', FINISHED);
    await lookFor(30);
    for (const operation of Object.keys(probed))
      expect([operation, harness.ocrolus.count(operation)]).toEqual([operation, 3]);
    expect(await book()).toMatchObject({ complete: true });
  });
});

test('a product that no book of the account gets costs a call an hour, then no book lacks it, and it is fetched once it is served', async () => {
  const { ocrolus } = harness;
  const books = numbered(24);
  for (const bookUuid of books) {
    await makeBook(harness.table, bookUuid);
    saysEverything(ocrolus, bookUuid, [`d-${bookUuid}`]);
    ocrolus.says(calls.bookSummary(bookUuid), error(403, 1203));
  }
  await harness.live(0.5);
  const before = ocrolus.count('Book-summary');
  expect(before).toBeLessThan(60);
  await harness.live(0.4);
  expect(ocrolus.count('Book-summary') - before).toBeLessThanOrEqual(10);
  // An outage is possible for a day.
  expect(await book('b0')).toMatchObject({ complete: false, open: ['summary'] });
  await harness.live(2);
  for (const bookUuid of books) expect(await book(bookUuid)).toMatchObject({ complete: true, open: [] });
  for (const bookUuid of books) saysAnalytics(ocrolus, bookUuid);
  await harness.live(8);
  for (const bookUuid of books)
    expect((await book(bookUuid))?.entries.summary).toMatchObject({ state: 'stored' });
});

describe('pay stubs', () => {
  const PAY_STUB = { uuid: 'p', doc_uuid: 'd', status: 'COMPLETED', net_pay: { totals: '1480.25' } };
  const answer = (response: unknown) => ({ body: { status: 200, message: 'OK', response } });

  test('are stored as they came, by one call', async () => {
    const said = answer([PAY_STUB, { ...PAY_STUB, uuid: 'q' }]);
    harness.ocrolus.says(calls.bookPayStubs('b'), said);
    await start('VERIFIED', FINISHED);
    await lookFor(0.1);
    expect(String(await harness.reader.resultBody('b', 'paystubs'))).toBe(JSON.stringify(said.body));
    const [result] = (await harness.reader.results('b')).filter(({ kind }) => kind === 'paystubs');
    expect(result).toMatchObject({ subject: 'b', operation: 'book-paystub-data', summary: { payStubs: 2 } });
    expect(harness.ocrolus.count('book-paystub-data')).toBe(1);
  });

  test.each([
    ['not there yet', error(400, 1404)],
    ['refused', error(403, 2102)],
    ['null', answer(null)],
  ])('that are %s keep the book from being complete', async (_, reply) => {
    harness.ocrolus.says(calls.bookPayStubs('b'), reply);
    await start('VERIFIED', FINISHED);
    await lookFor(0.1);
    expect(await book()).toMatchObject({ complete: false, open: ['paystubs'] });
    harness.ocrolus.says(calls.bookPayStubs('b'), answer([PAY_STUB]));
    await lookFor(0.2);
    expect(await book()).toMatchObject({ complete: true });
  });

  test('are not asked for where no document has results, or the book is only classified', async () => {
    await start('VERIFIED', [{ uuid: 'd', status: 'REJECTED' }]);
    await lookFor(2);
    says('VERIFYING', [{ uuid: 'e', status: 'CLASSIFIED' }], { book_class: CLASSIFY_ONLY });
    harness.ocrolus.says(calls.classificationSummary('b'), answer({}));
    await lookFor(2);
    expect(await book()).toMatchObject({ complete: true });
    expect(harness.ocrolus.count('book-paystub-data')).toBe(0);
  });
});
