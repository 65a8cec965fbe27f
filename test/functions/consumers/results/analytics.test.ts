import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { error, TOO_EARLY } from '../testing/answers.ts';
import { type Harness, receive } from '../testing/harness.ts';
import { analytics, createAnalyticsHarness } from './testing/analytics.ts';

let harness: Harness;

beforeEach(async () => {
  harness = createAnalyticsHarness(await memoryTable());
});

const { deliver, kinds, book, entry } = analytics(() => harness);

test('summary, cash flow and enriched transactions are stored, and the book shows it', async () => {
  expect(await deliver()).toEqual([]);
  expect(await harness.reader.results('b')).toMatchObject([
    { kind: 'cash-flow', subject: 'b', operation: 'cash-flow-features', summary: { months: 3 } },
    { kind: 'enriched-transactions', subject: 'b', operation: 'enriched-transactions' },
    { kind: 'summary', subject: 'b', operation: 'Book-summary', summary: { documents: 1 } },
  ]);
  expect(await book()).toMatchObject({ analytics: { state: 'available' } });
  expect(await harness.reader.missing('b')).toEqual([]);
});

test('one that Ocrolus refuses does not hold up the others, and stays missing', async () => {
  harness.ocrolus.says(calls.cashFlowFeatures('b'), error(403, 1203));
  expect(await deliver()).toEqual([]);
  expect(await kinds()).toEqual(['enriched-transactions', 'summary']);
  expect(await book()).toMatchObject({ analytics: { state: 'available' } });
  expect(await harness.reader.missing('b')).toMatchObject([
    { kind: 'cash-flow', state: 'pending', code: '1203' },
  ]);
});

test('one that is not ready does not hold up the others, and is pending', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await deliver();
  expect(await kinds()).toEqual(['cash-flow', 'enriched-transactions']);
  expect(await harness.reader.missing('b')).toMatchObject([
    { kind: 'summary', state: 'pending', code: '1404' },
  ]);
});

test('all that Ocrolus says has no analytics is unavailable, with the reason', async () => {
  for (const call of [calls.bookSummary, calls.cashFlowFeatures, calls.enrichedTransactions]) {
    harness.ocrolus.says(call('b'), error(404, 9006));
  }
  expect(await deliver()).toEqual([]);
  expect(await book()).toMatchObject({ analytics: { state: 'unavailable', reason: '9006' } });
  expect(await harness.reader.missing('b')).toEqual([]);
});

test('a passing fault of one leaves it to the next look, with the others stored', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  harness.ocrolus.says(calls.cashFlowFeatures('b'), new Failure('retry', 'http-503'));
  expect(await deliver()).toEqual([]);
  expect(await kinds()).toEqual(['enriched-transactions']);
  expect(await entry('summary')).toMatchObject({ answered: 0, code: '1404' });
  expect(await entry('cash-flow')).toMatchObject({ answered: 0, code: 'http-503' });
});

test('version 1 analytics do not count as analytics of the book', async () => {
  harness.ocrolus.says(calls.analytics({ bookUuid: 'b' }), { body: { response: { bank_accounts: {} } } });
  await receive(harness, [delivery('ANALYTICS_COMPLETED', { bookUuid: 'b' })]);
  expect(await kinds()).toEqual(['analytics']);
  expect(await book()).not.toHaveProperty('analytics');
});
