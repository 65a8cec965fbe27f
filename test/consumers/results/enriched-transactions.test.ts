import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, TOO_EARLY } from '../testing/answers.ts';
import { saysAnalytics } from '../testing/complete-book.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';
import { entryOf } from '../testing/stored.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  saysAnalytics(stage.ocrolus);
});

const page = (first: number, count: number, filtered_total?: number) => ({
  body: {
    ...(filtered_total !== undefined && { filtered_total }),
    enriched_transactions: Array.from({ length: count }, (_, n) => ({ pk: first + n })),
  },
});
const announce = (receiving: Receiving = {}) =>
  receive(stage, [delivery('book.analytics_v2.generated', { bookUuid: 'b' })], receiving);
const subjects = async () => {
  const results = await stage.reader.results('b');
  return results.flatMap(({ kind, subject }) => (kind === 'enriched-transactions' ? [subject] : []));
};
const entry = () => entryOf(stage.table, 'b', 'enriched-transactions');

test('transactions that do not fit into one answer are stored page by page', async () => {
  stage.ocrolus.says(calls.enrichedTransactions('b'), page(0, 5, 12));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 5), page(5, 5, 12));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 10), page(10, 2, 12));
  expect(await announce()).toEqual([]);
  expect(await subjects()).toEqual(['b', 'b@10', 'b@5']);
  expect(String(await stage.reader.resultBody('b', 'enriched-transactions', 'b@10'))).toContain('"pk":11');
  expect(await entry()).toMatchObject({ state: 'stored' });
});

test.each([
  ['that has them all', page(0, 5, 5)],
  ['that does not say how many there are', page(0, 5)],
  ['without any', page(0, 0, 12)],
])('an answer %s is the only page', async (_, only) => {
  stage.ocrolus.says(calls.enrichedTransactions('b'), only);
  expect(await announce()).toEqual([]);
  expect(await subjects()).toEqual(['b']);
});

test('an empty page ends the list, whatever its total says', async () => {
  stage.ocrolus.says(calls.enrichedTransactions('b'), page(0, 5, 12));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 5), page(5, 0, 12));
  expect(await announce()).toEqual([]);
  expect(stage.ocrolus.count('enriched-transactions')).toBe(2);
});

test('a page that fails retries the message, and the entry is not closed', async () => {
  stage.ocrolus.says(calls.enrichedTransactions('b'), page(0, 5, 12));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 5), new Failure('retry', 'http-503'));
  expect(await announce()).toEqual(['message-0']);
  expect((await entry())?.state).not.toBe('stored');
});

test.each([
  ['is not ready', TOO_EARLY, 'pending'],
  ['is refused', { httpStatus: 403, body: {} }, 'wanted'],
])('a page that %s leaves the whole list missing', async (_, reply, state) => {
  stage.ocrolus.says(calls.enrichedTransactions('b'), page(0, 5, 12));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 5), reply);
  await announce({ attempts: 3 });
  expect(await stage.reader.missing('b')).toMatchObject([{ kind: 'enriched-transactions', state }]);
});
