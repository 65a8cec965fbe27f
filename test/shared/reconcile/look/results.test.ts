import { expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document, TOO_EARLY } from '../../../functions/consumers/testing/answers.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const FINISHED = [document('d')];

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
