import { hash } from 'node:crypto';
import * as z from 'zod';
import { ENRICHED_LIMIT } from '../../ocrolus/calls.ts';
import { number } from '../../ocrolus/lenient-fields.ts';
import { anyList, type ResultAnswer, rowsDigest } from './outline.ts';

/** One answer with enriched transactions: some of the rows, or all of them. */
export const Page = z.looseObject({
  total: number,
  limit: number,
  offset: number,
  enriched_transactions: anyList,
});

export type Page = z.infer<typeof Page>;

/**
 * Whether nothing comes after a page. Neither `total` nor `filtered_total` proves it
 * (docs/ocrolus.md#enriched-transactions): the page must also be shorter than what was asked for, or than what Ocrolus
 * says that it gives at most.
 *
 * @param before rows before the page.
 */
export function isLast({ total, limit, enriched_transactions: { length } }: Page, before: number): boolean {
  if (length === 0) return true;
  // An answer with more rows than were asked for ignores `limit`: it has them all, unless it says otherwise.
  if (length > ENRICHED_LIMIT) return total === undefined || before + length >= total;
  const isShort = length < Math.min(limit ?? ENRICHED_LIMIT, ENRICHED_LIMIT);
  if (total === undefined) return isShort && limit !== undefined;
  return isShort && before + length >= total;
}

/** Whether a job's answer has every row, by its own total: a job is not asked for pages. */
export function hasAll({ total, enriched_transactions: { length } }: Page): boolean {
  return total === undefined || length >= total;
}

/** Shows whether a first page is still the same: rows are counted from the latest, so new ones change it. */
export function fingerprint({ total }: Page, answer: ResultAnswer): string {
  return hash('sha256', JSON.stringify([total, rowsDigest(answer)]), 'hex').slice(0, 16);
}
