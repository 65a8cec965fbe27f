import { isAskedAfter } from '../../../shared/checklist/opening.ts';
import { PAGES_LEFT } from '../../../shared/checklist/transitions.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import {
  currentSet,
  type PagedResult,
  pageSubject,
  readPages,
  removeSurplus,
  SET_LIVES_MS,
  type StoredPage,
} from '../../../shared/store/page-sets.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import { askOrStartJob, type Found } from './analytics.ts';
import { fingerprint, hasAll, hasOtherTotal, isLast, Page } from './enriched-page.ts';
import { type Fetch, type Fetched, type FetchTarget, store, toFetched } from './fetch.ts';
import type { ResultReply } from './outline.ts';

/** How often a set is restarted within one attempt because Ocrolus changed it while it was read. */
const RESTARTS = 3;

/**
 * Stores the enriched transactions to the last row (docs/decisions/0020). What fits into one answer is one result. More
 * rows are a set of pages: the first page is stored last, and names the set, so that readers see all of it or none of it.
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

function resultOf({ bookUuid, kind }: FetchTarget): PagedResult {
  return { bookId: bookUuid, kind };
}

async function storeOnlyPage(
  context: DeliveryContext,
  target: FetchTarget,
  { answer, covers }: Found,
): Promise<Fetched> {
  const { table } = context.dependencies.ports;
  const result = resultOf(target);
  const pages = await readPages(table, result);
  const before = pages.length === 0 ? undefined : await currentSet(table, result);
  const set = before === undefined ? undefined : { id: answer.askedAt.replace(/\D/g, ''), pages: 1 };
  const stored = await store(context, target, answer, set);
  if (stored.class === 'stored' && pages.length > 0)
    await removeSurplus(table, result, { pages, replaced: before?.id, now: context.now });
  return { ...stored, covers };
}

/** @returns `changed`: the set must be restarted. @throws Failure `retry`, where not even one more page was read. */
async function readSet(
  context: DeliveryContext,
  target: FetchTarget,
  { answer, covers }: Found,
  first: Page,
): Promise<Fetched | 'changed'> {
  const { bookUuid } = target;
  const { table } = context.dependencies.ports;
  const print = fingerprint(first, answer);
  const stored = await readPages(table, resultOf(target));
  const before = await currentSet(table, resultOf(target));
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
      // The pages that were read are kept: the next attempt continues there.
      if (hasProgressed) return { class: 'not-yet', code: PAGES_LEFT, askedAt };
      throw error;
    }
    if (reply.kind !== 'ok') return toFetched(reply);
    const page = Page.safeParse(reply.answer.json).data;
    // An answer that ignores `offset` starts with the first row again.
    if (page === undefined || (page.offset ?? rows) !== rows || fingerprint(page, reply.answer) === print)
      return { class: 'not-yet', code: 'page-unreadable', askedAt };
    if (hasOtherTotal(page, first)) return 'changed';
    const count = page.enriched_transactions.length;
    if (count > 0) {
      const own = { id, offset: rows, rows: count, first: print, covers: context.batch.covers };
      const subject = pageSubject(bookUuid, id, rows);
      const written = await store(context, { ...target, subject }, reply.answer, own);
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
 * Asks for a page. An empty page before the total is requested again: it would end the set, and may be an error.
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
  // Not through the batch: a restarted set needs another answer.
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
  const all = await readPages(table, resultOf(target));
  if (all.filter((page) => page.set.id === id).length !== pages - 1)
    return { class: 'not-yet', code: PAGES_LEFT, askedAt };
  const stored = await store(context, target, reply.answer, { id, pages });
  if (stored.class !== 'stored') return stored;
  await removeSurplus(table, resultOf(target), { pages: all, replaced, now: context.now });
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

/** The longest unbroken start of a set, other than the one that readers see already. */
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
