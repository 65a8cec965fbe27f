import type { Document } from '../state/book.ts';

/** One line of a bank statement, from which every family of bodies is written. */
export interface Row {
  readonly pk: string;
  readonly isoDate: string;
  /** Signed; withdrawals are negative. */
  readonly cents: number;
  readonly description: string;
  readonly counterparty: string;
}

const COUNTERPARTIES = [
  'Tallow Lumber',
  'Crescent Power',
  'Quarry Street Rent',
  'Fern Payments',
  'Oak & Nail',
];
const DAYS = 28;
const FIRST_YEAR = 2025;

/** The same statement always has the same rows. */
export function rowsOf(document: Document): Row[] {
  const month = monthOf(document);
  const firstPk = BigInt(document.pk) * 1000n;
  return Array.from({ length: document.transactions }, (_, index) => {
    const counterparty = COUNTERPARTIES[index % COUNTERPARTIES.length] ?? '';
    return {
      pk: String(firstPk + BigInt(index)),
      isoDate: `${month}-${twoDigits(1 + Math.floor((index * DAYS) / document.transactions))}`,
      cents: centsOf(document.position, index),
      description: `${counterparty.toUpperCase()} REF ${1000 + index}`,
      counterparty,
    };
  });
}

/** Each statement of a book covers a month of its own, as `YYYY-MM`. */
export function monthOf(document: Document): string {
  const year = FIRST_YEAR + Math.floor(document.position / 12);
  return `${year}-${twoDigits(1 + (document.position % 12))}`;
}

/** v1 bodies: a decimal string. */
export function decimal(cents: number): string {
  return (cents / 100).toFixed(2);
}

/** v2 bodies: a number. */
export function dollars(cents: number): number {
  return cents / 100;
}

/** v1 bodies: `MM/DD/YYYY`. */
export function usDate(isoDate: string): string {
  const [year, month, day] = isoDate.split('-');
  return `${month}/${day}/${year}`;
}

export function sumOf(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + row.cents, 0);
}

/** Every third row is a deposit, large enough to keep the account above zero. */
function centsOf(position: number, index: number): number {
  const size = 2_500 + ((position * 7 + index * 131) % 9_000);
  return index % 3 === 0 ? size * 4 : -size;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
