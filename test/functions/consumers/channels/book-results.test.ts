import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document, error, signals, TOO_EARLY } from '../testing/answers.ts';
import { look } from '../testing/harness.ts';
import type { ScriptedReply } from '../testing/ocrolus.ts';

const book = useBook();

beforeEach(() => book.says('VERIFYING', [document('d', 'CLASSIFIED')]));
const missing = async () =>
  (await book.reader.missing('b')).map(({ kind, subject, code }) => `${kind} ${subject} ${code}`);
/** The poller hands the book over some hours later. */
const lookAfter = (hours: number) => {
  book.clock.advance(hours * 3600);
  return book.receive([look('b')]);
};

describe('income', () => {
  beforeEach(() => {
    book.answers(calls.incomeCalculations('b'), { body: { incomes: [{ amount: '1.00' }] } });
    book.answers(calls.incomeSummary('b'), { body: { income_summary_data: [] } });
  });

  test('is the calculations and their summary; edited, it is stored under the next generation', async () => {
    await book.deliver('book.income.generated');
    expect(await book.stored()).toEqual(['income b', 'income b@summary']);
    expect(await book.shown()).toMatchObject({ income: { state: 'available' } });
    book.clock.advance(10);
    book.answers(calls.incomeCalculations('b'), { body: { incomes: [{ amount: '2.00' }] } });
    await book.deliver('book.income.updated');
    expect(await book.reader.results('b')).toMatchObject([{ generation: 2 }, { generation: 1 }]);
    expect(await book.body('income')).toContain('2.00');
  });
});

describe('Middesk', () => {
  const BUSINESS = { businessUuid: 'biz' };
  const says = (status: string) =>
    book.answers(calls.business('b', 'biz'), { body: { middesk_response: { status } } });
  const expectStored = async (status: string) =>
    expect(await book.reader.results('b')).toMatchObject([
      { kind: 'business', subject: 'biz', summary: { status } },
    ]);

  test('without a business: those that events have named, else the event is refused', async () => {
    await book.deliver('MIDDESK_VERIFIED');
    expect(await book.ledger()).toMatchObject([{ outcome: 'refused', reason: 'no-business-id' }]);
    says('in_review');
    await book.deliver('MIDDESK_VERIFIED', BUSINESS);
    book.clock.advance(10);
    says('approved');
    await book.deliver('MIDDESK_VERIFIED');
    await expectStored('approved');
  });

  const OF_BOOK = { id: '1f0e7a52-4c36-4b0e-9d0c-5ed1cf6e7b5a', name: 'Quillfeather Bakery' };

  test.each([
    ['is found by the business of the book', { body: { middesk_response: { status: 'approved' } } }, true],
    ['is not missing, if Middesk does not know that business', error(404, 1401), false],
  ])('whose event was lost %s', async (_, reply, isFound) => {
    book.answers(calls.businessOfBook('b'), { body: OF_BOOK });
    book.answers(calls.business('b', OF_BOOK.id), reply);
    book.saysEverything('d');
    await book.deliver('BOOK_VERIFIED');
    await book.live(3);
    const stored = await book.stored();
    expect(stored).toContain('business-history b');
    expect(stored.includes(`business ${OF_BOOK.id}`)).toBe(isFound);
    expect(await book.shown()).toMatchObject({ complete: true });
  });

  test.each([
    [
      'one answer without a code, such as that of a proxy, is asked again',
      { httpStatus: 404, body: {} },
      true,
    ],
    ['the answer that it has none is final', error(404, 2301), false],
  ])('of a book: %s', async (_, reply, isStored) => {
    book.redeploy({ settings: { RESULTS: JSON.stringify({ 'business-history': 'always' }) } });
    book.saysEverything('d');
    book.answers(calls.businessOfBook('b'), reply, { body: OF_BOOK });
    book.answers(calls.business('b', OF_BOOK.id), error(404, 1401));
    await book.deliver('BOOK_VERIFIED', {}, { attempts: 3 });
    await book.live(3);
    expect((await book.stored()).includes('business-history b')).toBe(isStored);
    expect(await book.shown()).toMatchObject({ complete: true });
  });

  test('that is pending is stored as it is, and asked for until it is not', async () => {
    says('pending');
    const message = book.event('MIDDESK_VERIFIED', BUSINESS);
    expect(await book.receive([message])).toEqual(['message-0']);
    expect(book.consumers.visibility.get('receipt-0')).toBe(3);
    expect(await book.receive([message], { attempts: 3 })).toEqual([]);
    await expectStored('pending');
    expect(await missing()).toEqual(['business biz middesk-pending']);
    says('approved');
    await lookAfter(0.1);
    await expectStored('approved');
    expect(await missing()).toEqual([]);
  });
});

describe('Detect of a book', () => {
  const storeDocuments = async (...uuids: string[]) => {
    book.says(
      'VERIFYING',
      uuids.map((uuid) => document(uuid, 'VERIFYING')),
    );
    await book.deliver('document.upload_succeeded');
  };

  test('all its signals, also for documents whose own event did not arrive', async () => {
    await storeDocuments('d', 'e');
    await book.deliver('document.detect.signal_found', { uploadedDocUuid: 'd' });
    const before = await book.document('d');
    book.clock.advance(60);
    book.answers(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'UNABLE_TO_PROCESS' }));
    await book.deliver('book.detect.signal_found');
    expect(await book.stored()).toEqual(['signals b', 'signals d']);
    // The event said nothing new about this document.
    expect(await book.document('d')).toEqual(before);
    expect(await book.document('e')).toMatchObject({ detect: { state: 'UNABLE_TO_PROCESS' } });
    expect(await book.shown()).toMatchObject({ detect: { state: 'available' } });
  });

  test('writes no document that Book status has not shown, and no state that is not final', async () => {
    await storeDocuments('d', 'e');
    book.answers(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'PENDING', x: 'COMPLETED' }));
    await book.deliver('book.detect.signal_found', {}, { attempts: 3 });
    const documents = await book.reader.documents('b');
    expect(documents.map(({ docUuid, detect }) => `${docUuid} ${detect?.state}`)).toEqual([
      'd COMPLETED',
      'e undefined',
    ]);
    expect(await book.stored()).toEqual(['signals b']);
    expect(await missing()).toEqual(['signals b detect-pending']);
    expect((await book.ledger()).at(-1)).toMatchObject({ outcome: 'waiting', reason: 'detect-pending' });
  });
});

describe('version 1 analytics', () => {
  const ofRequest = calls.asyncAnalyticsResult('r');
  const ofBook = calls.analytics({ bookUuid: 'b' });
  const state = (analytics_status: string): ScriptedReply => ({
    body: { status: 200, response: { r: { analytics_status, analytics: {} } } },
  });
  const complete = (analyticsRequestId?: string, attempts = 1) =>
    book.deliver('ANALYTICS_COMPLETED', analyticsRequestId ? { analyticsRequestId } : {}, { attempts });
  beforeEach(() => book.answers(ofBook, { body: { response: { bank_accounts: {} } } }));

  test('are those of the request, wherever it is in the answer', async () => {
    const response = { other: { analytics_status: 'EXPIRED' }, R: { analytics_status: 'COMPLETED' } };
    book.answers(ofRequest, { body: { status: 200, response } });
    expect(await complete('r')).toEqual([]);
    expect(await book.stored()).toEqual(['analytics r']);
  });

  test.each([
    ['the result of the request', 'r'],
    ['without an id, those of the book', undefined],
  ])('are %s, and are not analytics of the book', async (_, id) => {
    book.answers(ofRequest, state('COMPLETED'));
    expect(await complete(id)).toEqual([]);
    expect(await book.stored()).toEqual([`analytics ${id ?? 'b'}`]);
    const operation = id === undefined ? 'analytics' : 'async-analytics-result';
    expect(book.ocrolus.asked.map((asked) => asked.operation)).toEqual(['book-status', operation]);
    expect(await missing()).toEqual([]);
    expect(await book.shown()).not.toHaveProperty('analytics');
  });

  test('are those of the book when the request has expired', async () => {
    book.answers(ofRequest, state('EXPIRED'));
    expect(await complete('r')).toEqual([]);
    expect(await missing()).toEqual(['analytics b null']);
    await lookAfter(1);
    expect(await book.stored()).toEqual(['analytics b']);
    expect(await missing()).toEqual([]);
  });

  test.each([
    ['is unknown', error(404, 1405), '1405'],
    ['is refused by a proxy', { httpStatus: 403, body: {} }, 'http-403'],
    ['is running', state('PROCESSING'), 'analytics-processing'],
    ['is queued', state('QUEUED'), 'analytics-processing'],
    ['is too early', TOO_EARLY, '1404'],
  ])('stay missing while the request %s, and are asked for again', async (_, reply, code) => {
    book.answers(ofRequest, reply);
    expect(await complete('r', 3)).toEqual([]);
    expect(await book.ledger()).toMatchObject([{ outcome: 'waiting', reason: code }]);
    for (const hours of [1, 49]) {
      await lookAfter(hours);
      expect(await missing()).toEqual([`analytics r ${code}`]);
    }
    book.answers(ofRequest, state('COMPLETED'));
    await lookAfter(49);
    expect(await book.stored()).toEqual(['analytics r']);
    expect(await missing()).toEqual([]);
  });
});
