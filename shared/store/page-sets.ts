import * as z from 'zod';
import type { ResultKind } from '../events/result-kinds.ts';
import { PageSet } from './items.ts';
import { pagesOf, resultItem } from './keys.ts';
import type { Table } from './table.ts';

/** A result of a book that may have several pages. */
export interface PagedResult {
  readonly bookId: string;
  readonly kind: ResultKind;
}

/** A page after the first, without its body. */
const StoredPage = z.object({
  item: z.string(),
  sha256: z.string().catch(''),
  fetchedAt: z.string(),
  generation: z.int(),
  answered: z.number().catch(0),
  set: PageSet.catch({ id: '' }),
});

export type StoredPage = z.infer<typeof StoredPage>;

/** Time for which an unfinished set may be continued. */
export const SET_LIVES_MS = 24 * 3_600_000;

/**
 * Number of digits of an offset, so that the pages of a set sort by it: Ocrolus has 1,000,000 rows at most
 * (docs/ocrolus.md#sizes).
 */
const OFFSET_DIGITS = 7;

/** Subject of a page after the first. Each set has items of its own, so that sets never mix. */
export function pageSubject(bookId: string, id: string, offset: number): string {
  return `${bookId}@${id}@${String(offset).padStart(OFFSET_DIGITS, '0')}`;
}

/** Reads all pages after the first, of every set, in the order of set and offset. */
export async function readPages(table: Table, { bookId, kind }: PagedResult): Promise<StoredPage[]> {
  const prefix = pagesOf(kind, bookId);
  const attributes = ['item', 'sha256', 'fetchedAt', 'generation', 'answered', 'set'];
  const pages: StoredPage[] = [];
  for await (const item of table.query({ bookId, prefix, attributes })) pages.push(StoredPage.parse(item));
  return pages;
}

/**
 * Removes pages that no reader needs: all except those of the current set, and of sets that another function may
 * still continue and make current.
 *
 * @param stored `wanted`: the mark that the new set answers; no set with an earlier one can replace it. `now`: Unix
 * milliseconds.
 */
export async function removeSurplus(
  table: Table,
  result: PagedResult,
  stored: {
    readonly pages: readonly StoredPage[];
    readonly wanted: number;
    readonly now: number;
  },
): Promise<void> {
  const { pages, wanted, now } = stored;
  const { bookId } = result;
  const current = await currentSet(table, result);
  for (const { item, fetchedAt, answered, set } of pages) {
    const isAbandoned = answered < wanted || now - Date.parse(fetchedAt) > SET_LIVES_MS;
    if (set.id !== current?.id && isAbandoned) await table.delete({ bookId, item });
  }
}

/** Set that readers see; `undefined` if one page is the whole result, or there is none. */
export async function currentSet(table: Table, { bookId, kind }: PagedResult): Promise<PageSet | undefined> {
  const first = await table.get({ bookId, item: resultItem(kind, bookId) }, ['set']);
  return PageSet.safeParse(first?.set).data;
}
