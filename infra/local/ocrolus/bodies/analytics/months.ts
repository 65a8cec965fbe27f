import { type Book, type Document, statements } from '../../state/book.ts';
import { OPENING_CENTS } from '../bank-account.ts';
import { monthOf, type Row, rowsOf } from '../rows.ts';

/** A month of a book: what one statement says. */
export interface Month {
  readonly document: Document;
  /** `YYYY-MM`. */
  readonly month: string;
  readonly rows: readonly Row[];
  readonly deposits: readonly Row[];
  readonly withdrawals: readonly Row[];
  /** Balances after each row, in cents. */
  readonly balances: readonly number[];
}

/** Statements begin with the same balance, each. */
export function monthsOf(book: Book): Month[] {
  return statements(book).map((document) => {
    const rows = rowsOf(document);
    let balance = OPENING_CENTS;
    return {
      document,
      month: monthOf(document),
      rows,
      deposits: rows.filter((row) => row.cents > 0),
      withdrawals: rows.filter((row) => row.cents < 0),
      balances: rows.map((row) => {
        balance += row.cents;
        return balance;
      }),
    };
  });
}

/** The mean of some cents, rounded; 0 of none. */
export function meanOf(cents: readonly number[]): number {
  return Math.round(cents.reduce((sum, one) => sum + one, 0) / Math.max(1, cents.length));
}

/** The row of the largest amount, as a list; nothing of nothing. */
export function largestOf(rows: readonly Row[]): Row[] {
  return extremeOf(rows, (row, best) => Math.abs(row.cents) > Math.abs(best.cents));
}

export function smallestOf(rows: readonly Row[]): Row[] {
  return extremeOf(rows, (row, best) => Math.abs(row.cents) < Math.abs(best.cents));
}

function extremeOf(rows: readonly Row[], isBetter: (row: Row, best: Row) => boolean): Row[] {
  const best = rows.reduce<Row | undefined>(
    (found, row) => (found === undefined || isBetter(row, found) ? row : found),
    undefined,
  );
  return best === undefined ? [] : [best];
}

/** Days of a simulated month. */
export const DAYS = 28;
