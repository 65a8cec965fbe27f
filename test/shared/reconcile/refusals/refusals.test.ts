import { describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document, error, FORBIDDEN, TOO_EARLY } from '../../../functions/consumers/testing/answers.ts';
import type { ScriptedReply } from '../../../functions/consumers/testing/ocrolus.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const ANALYTICS = [calls.bookSummary('b'), calls.cashFlowFeatures('b'), calls.enrichedTransactions('b')];

test.each([
  ['is not ready', calls.bookSummary('b'), TOO_EARLY, '1404'],
  ['is of a book that it refuses to show', calls.bookStatus({ bookUuid: 'b' }), error(404, 1401), '1401'],
])('what %s is asked for twice within seconds, and then by the poller', async (_, call, reply, reason) => {
  book.says('VERIFYING', [document('d', 'VERIFYING')]);
  book.answers(calls.bookSummary('b'), reply);
  book.answers(call, reply);
  const message = book.event('book.analytics_v2.generated');
  for (const [attempts, seconds] of [
    [1, 3],
    [2, 15],
  ] as const) {
    expect(await book.receive([message], { attempts })).toEqual(['message-0']);
    expect(book.consumers.visibility.get('receipt-0')).toBe(seconds);
  }
  expect(await book.ledger()).toEqual([]);
  expect(await book.receive([message], { attempts: 3 })).toEqual([]);
  expect(await book.ledger()).toMatchObject([{ outcome: 'waiting', reason, attempts: 3 }]);
  const missing = { kind: 'summary', subject: 'b', state: 'pending', code: reason, attempts: 1 };
  expect(await book.reader.missing('b')).toContainEqual(expect.objectContaining(missing));
  expect(await book.untilDue()).toBeLessThanOrEqual(300);
  // The poller alone counts refusals of a book, whose tries are spread over time.
  expect(await book.item()).not.toHaveProperty('refused');
});

describe('what Ocrolus refuses', () => {
  test.each<[string, ScriptedReply, string]>([
    ['by a proxy', FORBIDDEN, 'http-403'],
    ['with an undocumented code', error(400, 9999), '9999'],
    ['as unknown book', error(404, 1401), '1401'],
    ['with an error inside a 200', { body: { status: 403, code: 1203 } }, '1203'],
  ])('%s is asked for again: it may be wrong', async (_, reply, code) => {
    const flags = calls.suspiciousActivityFlags('b');
    book.says('VERIFYING');
    book.answers(flags, reply);
    expect(await book.deliver('SUSPICIOUS_ACTIVITY', {}, { attempts: 3 })).toEqual([]);
    expect(await book.ledger()).toMatchObject([{ outcome: 'waiting', reason: code }]);
    expect(await book.reader.missing('b')).toMatchObject([
      { kind: 'suspicious-activity', state: 'pending', code, attempts: 1, nextAt: expect.any(String) },
    ]);
    book.answers(flags, { body: { response: { suspicious_activity_results: [] } } });
    await book.liveHours(1);
    expect(await book.stored()).toContain('suspicious-activity b');
  });

  test('because of a wrong request is requested again, with an alarm', async () => {
    book.answers(calls.suspiciousActivityFlags('b'), error(400, 1103));
    await book.deliver('SUSPICIOUS_ACTIVITY', {}, { attempts: 3 });
    expect((await book.item())?.entries['suspicious-activity']).toMatchObject({ answered: 0, code: '1103' });
    const dimensions = { operation: 'suspicious-activity-flags' };
    expect(book.consumers.counted).toContainEqual({ name: 'RequestRejected', dimensions });
    const isError = (line: string) => line.includes('"level":"ERROR"') && line.includes('1103');
    expect(book.consumers.lines.some(isError)).toBe(true);
  });

  test.each(['9002', '9003', '9006'])('with %s is not requested until an event names it', async (code) => {
    for (const call of ANALYTICS) book.answers(call, error(400, Number(code)));
    await book.liveAfter('BOOK_VERIFIED', { days: 2 });
    const analytics = { state: 'unavailable', reason: code };
    expect(await book.shown()).toMatchObject({ complete: true, analytics });
    expect(await book.missing()).toEqual([]);
    expect(book.ocrolus.count('Book-summary')).toBe(1);
    book.answers(calls.bookSummary('b'), { body: {} });
    await book.deliver('book.analytics_v2.generated');
    expect(await book.ledger()).toContainEqual(expect.objectContaining({ reason: code }));
    expect(book.ocrolus.count('Book-summary')).toBe(2);
    expect(await book.shown()).toMatchObject({ analytics: { state: 'available' } });
  });
});

test('a book that Ocrolus refuses to show keeps what its events have named', async () => {
  book.answers(calls.bookStatus({ bookUuid: 'b' }), FORBIDDEN);
  const refused = [
    calls.incomeCalculations('b'),
    calls.incomeSummary('b'),
    calls.business('b', 'biz'),
    calls.asyncAnalyticsResult('r'),
  ];
  for (const call of refused) book.answers(call, FORBIDDEN);
  await book.deliver('book.income.generated', {}, { attempts: 3 });
  await book.deliver('MIDDESK_VERIFIED', { businessUuid: 'biz' }, { attempts: 3 });
  await book.deliver('ANALYTICS_COMPLETED', { analyticsRequestId: 'r' }, { attempts: 3 });
  expect((await book.missing()).sort()).toEqual(['analytics r', 'business biz', 'income b']);
  // Its class may forbid some of it, but is not known.
  expect(await book.shown()).not.toHaveProperty('complete');
});
