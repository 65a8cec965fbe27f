import { calls } from '../../../../shared/ocrolus/calls.ts';

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
