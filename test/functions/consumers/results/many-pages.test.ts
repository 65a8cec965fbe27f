import { expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';

const book = useBook();

test('pages that one invocation has no time for are continued every five minutes: 400 pages of two seconds', async () => {
  const { ocrolus, clock } = book;
  for (let offset = 0; offset <= 20_000; offset += 50) {
    const count = Math.min(50, 20_000 - offset);
    const rows = Array.from({ length: count }, (_, n) => ({ row: offset + n }));
    const call = offset === 0 ? calls.enrichedTransactions('b') : calls.enrichedTransactionsFrom('b', offset);
    ocrolus.says(call, { body: { total: 20_000, limit: 50, offset, enriched_transactions: rows } });
  }
  ocrolus.before = (target) => {
    if (!target.includes('enriched_txns')) return;
    // As the client does: nothing is asked after the deadline, and an answer comes before it.
    if (clock.now() + 2000 > (ocrolus.asked.at(-1)?.deadline ?? 0)) throw new Failure('retry', 'deadline');
    clock.advance(2);
  };
  await book.deliver('BOOK_VERIFIED');
  const startedAt = clock.now();
  while (!(await book.stored()).includes('enriched-transactions b')) {
    clock.advance(300);
    await book.look();
    expect(clock.now() - startedAt).toBeLessThan(12 * 3_600_000);
  }
  expect(ocrolus.count('enriched-transactions')).toBeLessThan(500);
}, 60_000);

test('a result of which only the second page has changed has a larger generation', async () => {
  const { ocrolus } = book;
  const page = (offset: number, count: number, category: string) => ({
    body: {
      total: 700,
      offset,
      enriched_transactions: Array.from({ length: count }, (_, n) => ({ row: offset + n, category })),
    },
  });
  const generation = async () => {
    const all = await book.reader.results('b');
    return all.find(({ kind, subject }) => kind === 'enriched-transactions' && subject === 'b')?.generation;
  };
  ocrolus.says(calls.enrichedTransactions('b'), page(0, 500, 'a'));
  ocrolus.says(calls.enrichedTransactionsFrom('b', 500), page(500, 200, 'a'));
  await book.deliver('BOOK_VERIFIED');
  await book.live(1);
  expect(await generation()).toBe(1);
  await book.deliver('book.analytics_v2.generated');
  await book.live(1);
  expect(await generation()).toBe(1);
  ocrolus.says(calls.enrichedTransactionsFrom('b', 500), page(500, 200, 'changed'));
  await book.deliver('book.analytics_v2.generated');
  await book.live(1);
  expect(await generation()).toBe(2);
});
