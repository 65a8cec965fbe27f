import { beforeEach } from 'vitest';
import { calls } from '../../../../../shared/ocrolus/calls.ts';
import type { useBook } from '../../../../shared/reconcile/testing/book.ts';
import type { Receiving } from '../../testing/harness.ts';

/** Rows that Ocrolus gives at most. */
export const MOST = 50;

export const FIRST = calls.enrichedTransactions('b');

export const from = (offset: number) => (offset === 0 ? FIRST : calls.enrichedTransactionsFrom('b', offset));

export const atOffset = (target: string) =>
  Number(new URLSearchParams(target.split('?')[1]).get('offset') ?? 0);

/** Rows are counted from the latest: row n is the n-th oldest. */
export const page = (offset: number, rows: number, more: object = {}) => ({
  body: {
    total: rows,
    filtered_total: 7,
    offset,
    limit: MOST,
    enriched_transactions: Array.from({ length: Math.max(0, Math.min(MOST, rows - offset)) }, (_, n) => ({
      pk: rows - offset - n,
    })),
    ...more,
  },
});

export const all = (rows: number) => Array.from({ length: rows }, (_, n) => rows - n);

/** Steps of the tests of these rows, on an active book. */
export function enrichedTransactions(book: ReturnType<typeof useBook>) {
  beforeEach(() => book.says('VERIFYING'));
  let received = 0;
  return {
    /** Lets Ocrolus have so many rows, in pages of 50. */
    hasRows(rows: number, more: object = {}) {
      for (let offset = 0; offset <= rows; offset += MOST)
        book.answers(from(offset), page(offset, rows, more));
      book.answers(from(rows), page(rows, rows, more));
    },

    /** Calls something before each answer of a page. */
    beforePage(happens: (offset: number) => Promise<void> | void) {
      book.ocrolus.before = (target) => {
        if (target.includes('enriched')) return happens(atOffset(target));
      };
    },

    deliver(receiving: Receiving = {}) {
      received += 1;
      const receivedAt = new Date(book.clock.now() + received).toISOString();
      return book.receive([book.event('book.analytics_v2.generated', {}, { receivedAt })], receiving);
    },

    async storedRows(): Promise<number[] | undefined> {
      const pages = await book.reader.resultPages('b', 'enriched-transactions');
      return pages?.flatMap((body) =>
        JSON.parse(String(body)).enriched_transactions.map(({ pk }: { pk: number }) => pk),
      );
    },

    async subjects() {
      const results = await book.reader.results('b');
      return results.flatMap(({ kind, subject }) => (kind === 'enriched-transactions' ? [subject] : []));
    },

    /** The offsets that were asked for. */
    asked: () =>
      book.ocrolus.asked.flatMap(({ operation, target }) =>
        operation === 'enriched-transactions' ? [atOffset(target)] : [],
      ),

    entry: () => book.entry('enriched-transactions'),
  };
}
