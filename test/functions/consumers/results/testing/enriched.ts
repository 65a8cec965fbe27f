import { calls } from '../../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../../shared/events/testing/delivery.ts';
import { type Harness, type Receiving, receive } from '../../testing/harness.ts';
import { entryOf } from '../../testing/stored.ts';

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

/** Steps of the tests of these rows. @param current returns the harness of the running test. */
export function enrichedTransactions(current: () => Harness) {
  let received = 0;
  return {
    /** Lets Ocrolus have so many rows, in pages of 50. */
    hasRows(rows: number, more: object = {}) {
      const { ocrolus } = current();
      for (let offset = 0; offset <= rows; offset += MOST)
        ocrolus.says(from(offset), page(offset, rows, more));
      ocrolus.says(from(rows), page(rows, rows, more));
    },

    deliver(receiving: Receiving = {}) {
      received += 1;
      const receivedAt = new Date(current().clock.now() + received).toISOString();
      const event = delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt });
      return receive(current(), [event], receiving);
    },

    async storedRows(): Promise<number[] | undefined> {
      const pages = await current().reader.resultPages('b', 'enriched-transactions');
      return pages?.flatMap((body) =>
        JSON.parse(String(body)).enriched_transactions.map(({ pk }: { pk: number }) => pk),
      );
    },

    async subjects() {
      const results = await current().reader.results('b');
      return results.flatMap(({ kind, subject }) => (kind === 'enriched-transactions' ? [subject] : []));
    },

    /** The offsets that were asked for. */
    asked: () =>
      current().ocrolus.asked.flatMap(({ operation, target }) =>
        operation === 'enriched-transactions' ? [atOffset(target)] : [],
      ),

    entry: () => entryOf(current().table, 'b', 'enriched-transactions'),
  };
}
