import { hash } from 'node:crypto';
import * as z from 'zod';
import { ENRICHED_LIMIT } from '../../../shared/ocrolus/calls.ts';
import { number } from '../../../shared/ocrolus/lenient-fields.ts';
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

/**
 * Whether the totals of two pages contradict each other. In one of the vendor's examples `total` counts the rows of the
 * page; two pages that both do so say nothing about the whole set (docs/ocrolus.md#enriched-transactions).
 */
export function hasOtherTotal(page: Page, first: Page): boolean {
  // A page after the last row may have a total of 0. The final check of the first page shows whether rows were removed.
  if (page.enriched_transactions.length === 0 && page.total === 0) return false;
  if (page.total === undefined || first.total === undefined) return false;
  const isOfPage = ({ total, enriched_transactions: { length } }: Page) => total === length;
  return page.total !== first.total && !(isOfPage(page) && isOfPage(first));
}

/** Shows whether a first page is still the same: rows are counted from the latest, so new ones change it. */
export function fingerprint({ total }: Page, answer: ResultAnswer): string {
  return hash('sha256', JSON.stringify([total, rowsDigest(answer)]), 'hex').slice(0, 16);
}
