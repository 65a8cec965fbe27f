import { hash } from 'node:crypto';
import * as z from 'zod';
import { ENRICHED_LIMIT } from '../../ocrolus/calls.ts';
import { number } from '../../ocrolus/lenient-fields.ts';
import { anyList, type ResultAnswer, rowsDigest } from './outline.ts';

/** One answer with enriched transactions: some rows, or all of them. */
export const Page = z.looseObject({
  total: number,
  limit: number,
  offset: number,
  enriched_transactions: anyList,
});

export type Page = z.infer<typeof Page>;

/**
 * True if no page follows this one. Neither `total` nor `filtered_total` proves it
 * (docs/ocrolus.md#enriched-transactions): the page must also be shorter than requested, or than the maximum that
 * Ocrolus states.
 *
 * @param before number of rows before the page.
 * @param asked number of rows that were asked for.
 */
export function isLast(
  { total, limit, enriched_transactions: { length } }: Page,
  before: number,
  asked = ENRICHED_LIMIT,
): boolean {
  if (length === 0) return true;
  // An answer with more rows than requested ignores `limit`, and has all rows unless its total is higher.
  if (length > asked) return total === undefined || before + length >= total;
  const isShort = length < Math.min(limit ?? asked, asked);
  if (total === undefined) return isShort && limit !== undefined;
  return isShort && before + length >= total;
}

/** True if a job's answer has every row, by its own total. A job is not asked for pages. */
export function hasAll({ total, enriched_transactions: { length } }: Page): boolean {
  return total === undefined || length >= total;
}

/** Identifies the state of a first page: rows are counted from the latest, so new ones change it. */
export function fingerprint({ total }: Page, answer: ResultAnswer): string {
  return hash('sha256', JSON.stringify([total, rowsDigest(answer)]), 'hex').slice(0, 16);
}
