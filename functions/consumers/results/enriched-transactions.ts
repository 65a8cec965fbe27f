import { hash } from 'node:crypto';
import * as z from 'zod';
import { isAskedAfter } from '../../../shared/checklist/opening.ts';
import { PAGES_LEFT } from '../../../shared/checklist/transitions.ts';
import { calls, ENRICHED_LIMIT } from '../../../shared/ocrolus/calls.ts';
import {
  currentSet,
  pageSubject,
  readPages,
  removeSurplus,
  SET_LIVES_MS,
  type StoredPage,
} from '../../../shared/store/page-sets.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import { askOrStartJob, type Found } from './analytics.ts';
import { type Fetch, type Fetched, type FetchTarget, store, toFetched } from './fetch.ts';
import { anyList, type ResultAnswer, type ResultReply, rowsDigest } from './outline.ts';

const KIND = 'enriched-transactions';

const Page = z.looseObject({
  total: z.number().optional().catch(undefined),
  limit: z.number().optional().catch(undefined),
  offset: z.number().optional().catch(undefined),
  enriched_transactions: anyList,
});

type Page = z.infer<typeof Page>;

/** How often a set is begun again within one attempt because Ocrolus changed it while it was read. */
const RESTARTS = 3;

/**
 * Stores the enriched transactions to the last row (docs/decisions/0020). What fits into one answer is one result. More
 * is a set of pages: the first page is stored last, and names the set, so that readers see all of it or none of it.
 */
export const fetchEnrichedTransactions: Fetch = async (context, target) => {
  const { bookUuid } = target;
  let found = await askOrStartJob(context, target, (async) => calls.enrichedTransactions(bookUuid, async));
  for (let restarts = 0; ; restarts += 1) {
    if (!('answer' in found)) return found;
    const first = Page.safeParse(found.answer.json).data;
    if (first === undefined || (found.isJob === true ? hasAll(first) : isLast(first, 0)))
      return storeOnlyPage(context, target, found);
    const read = await readSet(context, target, found, first);
    if (read !== 'changed') return read;
    if (restarts === RESTARTS)
      return { class: 'not-yet', code: 'rows-changing', askedAt: found.answer.askedAt };
    // Not through the batch, which remembers the first reply.
    const reply = await context.fetchAgain(bookUuid, calls.enrichedTransactions(bookUuid));
    found = reply.kind === 'ok' ? { answer: reply.answer } : toFetched(reply);
  }
};

/**
 * Whether nothing comes after a page. Neither `total` nor `filtered_total` proves it
 * (docs/ocrolus.md#enriched-transactions): the page must also be shorter than what was asked for, or than what Ocrolus
 * says that it gives at most.
 *
 * @param before rows before the page.
 */
function isLast({ total, limit, enriched_transactions: { length } }: Page, before: number): boolean {
  if (length === 0) return true;
  // An answer with more rows than were asked for does not heed `limit`: it has them all, unless it says otherwise.
  if (length > ENRICHED_LIMIT) return total === undefined || before + length >= total;
  const isShort = length < Math.min(limit ?? ENRICHED_LIMIT, ENRICHED_LIMIT);
  if (total === undefined) return isShort && limit !== undefined;
  return isShort && before + length >= total;
}

/** A job is not asked for a page: it answers with every row, as far as it says so. */
function hasAll({ total, enriched_transactions: { length } }: Page): boolean {
  return total === undefined || length >= total;
}

/**
 * Whether the totals of two pages cannot be of the same rows. In one of the vendor's examples `total` counts the rows
 * of the page; two pages that both do so say nothing of the whole (docs/ocrolus.md#enriched-transactions).
 */
function hasOtherTotal(page: Page, first: Page): boolean {
  // After the last row, a total may count no rows. Whether rows were removed meanwhile shows in the first page, at the end.
  if (page.enriched_transactions.length === 0 && page.total === 0) return false;
  if (page.total === undefined || first.total === undefined) return false;
  const isOfPage = ({ total, enriched_transactions: { length } }: Page) => total === length;
  return page.total !== first.total && !(isOfPage(page) && isOfPage(first));
}

/** What tells whether a first page is still the same: rows are counted from the latest, so new ones change it. */
function fingerprint({ total }: Page, answer: ResultAnswer): string {
  return hash('sha256', JSON.stringify([total, rowsDigest(answer)]), 'hex').slice(0, 16);
}

async function storeOnlyPage(
  context: DeliveryContext,
  target: FetchTarget,
  { answer, covers }: Found,
): Promise<Fetched> {
  const { bookUuid } = target;
  const { table } = context.dependencies.ports;
  const pages = await readPages(table, bookUuid, KIND);
  const before = pages.length === 0 ? undefined : await currentSet(table, bookUuid, KIND);
  const set = before === undefined ? undefined : { id: answer.askedAt.replace(/\D/g, ''), pages: 1 };
  const stored = await store(context, target, KIND, answer, set);
  if (stored.class === 'stored' && pages.length > 0)
    await removeSurplus(table, bookUuid, KIND, pages, before?.id, context.now);
  return { ...stored, covers };
}

/** @returns `changed`: the set must be begun again. @throws Failure `retry`, where not even one more page was read. */
async function readSet(
  context: DeliveryContext,
  target: FetchTarget,
  { answer, covers }: Found,
  first: Page,
): Promise<Fetched | 'changed'> {
  const { bookUuid } = target;
  const { table } = context.dependencies.ports;
  const print = fingerprint(first, answer);
  const stored = await readPages(table, bookUuid, KIND);
  const before = await currentSet(table, bookUuid, KIND);
  const usable = stored.filter((page) => page.set.first === print && isUsable(context, target, page));
  const known = longestOf(usable, first.enriched_transactions.length, before?.id);
  const id = known[0]?.set.id ?? `${answer.askedAt.replace(/\D/g, '')}-${print}`;
  let rows = known.reduce((sum, { set }) => sum + (set.rows ?? 0), first.enriched_transactions.length);
  let pages = 1 + known.length;
  let askedAt = known.reduce((at, page) => (page.fetchedAt < at ? page.fetchedAt : at), answer.askedAt);
  const since = known.reduce<string | undefined>((at, { set }) => earlier(at, set.covers), covers);
  let hasProgressed = false;
  for (;;) {
    let reply: ResultReply;
    try {
      reply = await askForPage(context, bookUuid, rows, first.total);
    } catch (error) {
      // What was read is kept: the next attempt continues there.
      if (hasProgressed) return { class: 'not-yet', code: PAGES_LEFT, askedAt };
      throw error;
    }
    if (reply.kind !== 'ok') return toFetched(reply);
    const page = Page.safeParse(reply.answer.json).data;
    // An answer that does not heed `offset` begins with the first row again.
    if (page === undefined || (page.offset ?? rows) !== rows || fingerprint(page, reply.answer) === print)
      return { class: 'not-yet', code: 'page-unreadable', askedAt };
    if (hasOtherTotal(page, first)) return 'changed';
    const count = page.enriched_transactions.length;
    if (count > 0) {
      const own = { id, offset: rows, rows: count, first: print, covers: context.batch.covers };
      const subject = pageSubject(bookUuid, id, rows);
      const written = await store(context, { ...target, subject }, KIND, reply.answer, own);
      if (written.class !== 'stored') return written;
      hasProgressed = true;
      pages += 1;
      if (reply.answer.askedAt < askedAt) askedAt = reply.answer.askedAt;
    }
    if (isLast({ ...page, total: page.total ?? first.total }, rows)) break;
    rows += count;
  }
  if (pages === 1) return storeOnlyPage(context, target, { answer, covers });
  return commit(context, target, { id, pages, print, askedAt, covers: since, replaced: before?.id });
}

/**
 * Asks for a page. An empty one before the total is asked for once more: it ends the set, and it may have been a slip.
 *
 * @throws Failure `retry`
 */
async function askForPage(
  context: DeliveryContext,
  bookUuid: string,
  offset: number,
  total: number | undefined,
): Promise<ResultReply> {
  const call = calls.enrichedTransactionsFrom(bookUuid, offset);
  // Not through the batch: a set that is begun again needs another answer.
  const reply = await context.fetchAgain(bookUuid, call);
  if (reply.kind !== 'ok' || total === undefined || offset >= total) return reply;
  const isEmpty = Page.safeParse(reply.answer.json).data?.enriched_transactions.length === 0;
  return isEmpty ? context.fetchAgain(bookUuid, call) : reply;
}

/** Makes the set the one that readers see, provided that its first page is still the same, and all others are there. */
async function commit(
  context: DeliveryContext,
  target: FetchTarget,
  set: {
    readonly id: string;
    readonly pages: number;
    readonly print: string;
    readonly askedAt: string;
    readonly covers: string | undefined;
    readonly replaced: string | undefined;
  },
): Promise<Fetched | 'changed'> {
  const { bookUuid } = target;
  const { table } = context.dependencies.ports;
  const { id, pages, print, askedAt, covers, replaced } = set;
  const reply = await context.fetchAgain(bookUuid, calls.enrichedTransactions(bookUuid));
  if (reply.kind !== 'ok') return toFetched(reply);
  const again = Page.safeParse(reply.answer.json).data;
  if (again === undefined || fingerprint(again, reply.answer) !== print) return 'changed';
  const all = await readPages(table, bookUuid, KIND);
  if (all.filter((page) => page.set.id === id).length !== pages - 1)
    return { class: 'not-yet', code: PAGES_LEFT, askedAt };
  const stored = await store(context, target, KIND, reply.answer, { id, pages });
  if (stored.class !== 'stored') return stored;
  await removeSurplus(table, bookUuid, KIND, all, replaced, context.now);
  return { ...stored, askedAt, covers };
}

/**
 * Whether a page of an unfinished set may be part of the answer: it was asked for in this generation, after the book
 * was finished, and with every event in hand that wants the result, or clearly after it (docs/decisions/0015).
 */
function isUsable(
  context: DeliveryContext,
  { generation, entry, book }: FetchTarget,
  { generation: own, fetchedAt, set }: StoredPage,
): boolean {
  if (own < generation || context.now - Date.parse(fetchedAt) > SET_LIVES_MS) return false;
  if (book?.endedAt !== undefined && fetchedAt < book.endedAt) return false;
  const asked = {
    state: 'stored',
    version: generation,
    since: fetchedAt,
    attempts: 0,
    at: fetchedAt,
  } as const;
  const events = [entry?.openedAt, entry?.openedBefore, context.isPoll ? undefined : context.batch.covers];
  return events.every(
    (event) =>
      event === undefined ||
      isAskedAfter({ ...asked, ...(set.covers !== undefined && { covers: set.covers }) }, event),
  );
}

/** The longest unbroken beginning of a set, other than the one that readers see already. */
function longestOf(pages: readonly StoredPage[], from: number, current: string | undefined): StoredPage[] {
  const sets = Map.groupBy(
    pages.filter(({ set }) => set.id !== current),
    ({ set }) => set.id,
  );
  let longest: StoredPage[] = [];
  for (const set of sets.values()) {
    let next = from;
    const unbroken: StoredPage[] = [];
    for (const page of set) {
      if (page.set.offset !== next) break;
      unbroken.push(page);
      next += page.set.rows ?? 0;
    }
    if (unbroken.length > longest.length) longest = unbroken;
  }
  return longest;
}

function earlier(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}
