import { beforeEach, expect, test } from 'vitest';
import { observe } from '../../../functions/consumers/book-analytics.ts';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { createStage, delivery, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  stage.ocrolus.says(calls.bookSummary('b'), { body: {} });
  stage.ocrolus.says(calls.cashFlowFeatures('b'), { body: {} });
});

const page = (first: number, count: number, filtered_total?: number) => ({
  body: {
    ...(filtered_total !== undefined && { filtered_total }),
    enriched_transactions: Array.from({ length: count }, (_, n) => ({ pk: first + n })),
  },
});
const tell = () => receive(stage, observe, [delivery('book.analytics_v2.generated', { bookUuid: 'b' })]);
const subjects = async () => {
  const results = await stage.reader.results('b');
  return results.flatMap(({ kind, subject }) => (kind === 'transactions' ? [subject] : []));
};

test('transactions that one answer does not have all of are stored page by page', async () => {
  stage.ocrolus.says(calls.enrichedTransactions('b'), page(0, 5, 12));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 5), page(5, 5, 12));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 10), page(10, 2, 12));
  expect(await tell()).toEqual([]);
  expect(await subjects()).toEqual(['b', 'b@10', 'b@5']);
  expect(String(await stage.reader.resultBody('b', 'transactions', 'b@10'))).toContain('"pk":11');
});

test.each([
  ['that has them all', page(0, 5, 5)],
  ['that does not say how many there are', page(0, 5)],
  ['without any', page(0, 0, 12)],
])('an answer %s is the only page', async (_, only) => {
  stage.ocrolus.says(calls.enrichedTransactions('b'), only);
  expect(await tell()).toEqual([]);
  expect(await subjects()).toEqual(['b']);
});

test('an empty page ends the list, whatever its total says', async () => {
  stage.ocrolus.says(calls.enrichedTransactions('b'), page(0, 5, 12));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 5), page(5, 0, 12));
  expect(await tell()).toEqual([]);
  expect(stage.ocrolus.count('enriched-transactions')).toBe(2);
});

test('a page that fails brings the message back, and the book does not say that it has analytics', async () => {
  stage.ocrolus.says(calls.enrichedTransactions('b'), page(0, 5, 12));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 5), new Failure('retry', 'http-503'));
  expect(await tell()).toEqual(['message-0']);
  expect(await stage.reader.book('b')).not.toHaveProperty('analytics');
});
