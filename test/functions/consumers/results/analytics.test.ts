import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { error, TOO_EARLY } from '../testing/answers.ts';

const book = useBook();

beforeEach(() => book.says('VERIFYING'));
/** The event, once its quick tries are over. */
const deliver = () => book.deliver('book.analytics_v2.generated', {}, { attempts: 3 });

test('summary, cash flow and enriched transactions are stored, and the book shows it', async () => {
  expect(await deliver()).toEqual([]);
  expect(await book.reader.results('b')).toMatchObject([
    { kind: 'cash-flow', subject: 'b', operation: 'cash-flow-features', summary: { months: 1 } },
    { kind: 'enriched-transactions', subject: 'b', operation: 'enriched-transactions' },
    { kind: 'summary', subject: 'b', operation: 'Book-summary', summary: { documents: 1 } },
  ]);
  expect(await book.shown()).toMatchObject({ analytics: { state: 'available' } });
  expect(await book.missing()).toEqual([]);
});

test.each([
  ['is refused', error(403, 1203), '1203'],
  ['is not ready', TOO_EARLY, '1404'],
  ['fails', new Failure('retry', 'http-503'), 'http-503'],
])('one that %s does not hold up the others, and stays missing', async (_, reply, code) => {
  book.answers(calls.cashFlowFeatures('b'), reply);
  expect(await deliver()).toEqual([]);
  expect(await book.stored()).toEqual(['enriched-transactions b', 'summary b']);
  expect(await book.shown()).toMatchObject({ analytics: { state: 'available' } });
  expect(await book.reader.missing('b')).toMatchObject([{ kind: 'cash-flow', state: 'pending', code }]);
});

test('all that Ocrolus says has no analytics is unavailable, with the reason', async () => {
  for (const call of [calls.bookSummary, calls.cashFlowFeatures, calls.enrichedTransactions])
    book.answers(call('b'), error(404, 9006));
  expect(await deliver()).toEqual([]);
  expect(await book.shown()).toMatchObject({ analytics: { state: 'unavailable', reason: '9006' } });
  expect(await book.missing()).toEqual([]);
});
