import { hash } from 'node:crypto';
import { calls } from '../../ocrolus/calls.ts';
import {
  currentSet,
  type PagedResult,
  pageSubject,
  readPages,
  removeSurplus,
  SET_LIVES_MS,
  type StoredPage,
} from '../../store/page-sets.ts';
import type { Context } from '../context.ts';
import { askOrStartJob, type Found } from './analytics.ts';
import { fingerprint, hasAll, isLast, Page } from './enriched-page.ts';
import { type Fetch, type Fetched, type FetchTarget, PAGES_LEFT, store, toFetched } from './fetch.ts';
import { type ResultReply, rowsDigest } from './outline.ts';

/** Maximum number of restarts within one attempt because Ocrolus changed the set during the read. */
const RESTARTS = 3;

/**
 * Stores all rows of the enriched transactions (docs/decisions/0021). Rows that fit into one answer are one result.
 * More rows are a set of pages: the first page is stored last, and names the set, so that readers see all of it or
 * none of it.
 */
export const fetchEnrichedTransactions: Fetch = async (context, target) => {
  const { bookId } = context;
  let found = await askOrStartJob(context, target, (async) => calls.enrichedTransactions(bookId, async));
  for (let restarts = 0; ; restarts += 1) {
    if (!('answer' in found)) return found;
    const first = Page.safeParse(found.answer.json).data;
    if (first === undefined || (found.isJob === true ? hasAll(first) : isLast(first, 0, found.answer.limit)))
      return storeOnlyPage(context, target, found);
    const read = await readSet(context, target, found, first);
    if (read !== 'changed') return read;
    if (restarts === RESTARTS) return unfinished(target, 'rows-changing', found.answer.askedAt);
    const reply = await context.fetchAgain(calls.enrichedTransactions(bookId));
    found = reply.kind === 'ok' ? { answer: reply.answer, wanted: target.wanted } : toFetched(target, reply);
  }
};

function unfinished({ wanted }: FetchTarget, code: string, at: string): Fetched {
  return { class: 'not-yet', code, wanted, at, goesOn: code === PAGES_LEFT };
}

function resultOf({ bookId }: Context, { kind }: FetchTarget): PagedResult {
  return { bookId, kind };
}

async function storeOnlyPage(
  context: Context,
  target: FetchTarget,
  { answer, wanted }: Found,
): Promise<Fetched> {
  const { table } = context;
  const result = resultOf(context, target);
  const pages = await readPages(table, result);
  const before = pages.length === 0 ? undefined : await currentSet(table, result);
  const set = before === undefined ? undefined : { id: answer.askedAt.replace(/\D/g, ''), pages: 1 };
  const stored = await store(context, { ...target, wanted }, answer, set);
  if (stored.class === 'stored' && pages.length > 0)
    await removeSurplus(table, result, { pages, wanted, now: context.now });
  return stored;
}

/** Maximum number of rows at Ocrolus (docs/ocrolus.md#sizes). A read beyond it means that offsets have no effect. */
const MAX_ROWS = 1_000_000;

/** @returns `changed`: the set must be restarted. @throws Failure `retry` if not even one more page was read. */
async function readSet(
  context: Context,
  target: FetchTarget,
  { answer }: Found,
  first: Page,
): Promise<Fetched | 'changed'> {
  const { table, bookId } = context;
  const result = resultOf(context, target);
  const print = fingerprint(first, answer);
  const stored = await readPages(table, result);
  const before = await currentSet(table, result);
  const usable = stored.filter((page) => page.set.first === print && isUsable(context, target, page));
  const known = longestOf(usable, first.enriched_transactions.length, before?.id);
  const id = known[0]?.set.id ?? `${answer.askedAt.replace(/\D/g, '')}-${print}`;
  let rows = known.reduce((sum, { set }) => sum + (set.rows ?? 0), first.enriched_transactions.length);
  let pages = 1 + known.length;
  let hasProgressed = false;
  let lastDigest: string | undefined;
  for (;;) {
    if (rows > MAX_ROWS) return unfinished(target, 'too-many-rows', answer.askedAt);
    let reply: ResultReply;
    try {
      reply = await askForPage(context, rows, first.total);
    } catch (error) {
      // The pages read so far are kept, and the next attempt continues there.
      if (hasProgressed) return unfinished(target, PAGES_LEFT, answer.askedAt);
      throw error;
    }
    if (reply.kind !== 'ok') return { ...toFetched(target, reply), isServed: true };
    const page = Page.safeParse(reply.answer.json).data;
    if (page === undefined) return unfinished(target, 'page-unreadable', answer.askedAt);
    // An answer that ignores `offset` starts with the first row again. One beyond the end may repeat the last page.
    const digest = rowsDigest(reply.answer);
    const isOther = (page.offset ?? rows) !== rows || fingerprint(page, reply.answer) === print;
    if (isOther || digest === lastDigest) {
      const isPastEnd = first.total === undefined ? digest === lastDigest : rows >= first.total;
      if (isPastEnd) break;
      return unfinished(target, 'page-unreadable', answer.askedAt);
    }
    lastDigest = digest;
    const count = page.enriched_transactions.length;
    if (count > 0) {
      const own = { id, offset: rows, rows: count, first: print };
      const subject = pageSubject(bookId, id, rows);
      const written = await store(context, { ...target, subject }, reply.answer, own);
      if (written.class !== 'stored') return written;
      hasProgressed = true;
      pages += 1;
    }
    if (isLast({ ...page, total: page.total ?? first.total }, rows, reply.answer.limit)) break;
    rows += count;
  }
  if (pages === 1) return storeOnlyPage(context, target, { answer, wanted: target.wanted });
  return commit(context, target, { id, pages, print });
}

/**
 * Asks for a page. An empty page before the total is requested once more, because it may be an error, and would end
 * the set.
 *
 * @throws Failure `retry`
 */
async function askForPage(context: Context, offset: number, total: number | undefined): Promise<ResultReply> {
  const call = calls.enrichedTransactionsFrom(context.bookId, offset);
  const reply = await context.fetchAgain(call);
  if (reply.kind !== 'ok' || total === undefined || offset >= total) return reply;
  const isEmpty = Page.safeParse(reply.answer.json).data?.enriched_transactions.length === 0;
  return isEmpty ? context.fetchAgain(call) : reply;
}

/** Makes the set visible to readers, if its first page is still the same, and all others are stored. */
async function commit(
  context: Context,
  target: FetchTarget,
  set: {
    readonly id: string;
    readonly pages: number;
    readonly print: string;
  },
): Promise<Fetched | 'changed'> {
  const { table, bookId } = context;
  const { id, pages, print } = set;
  const reply = await context.fetchAgain(calls.enrichedTransactions(bookId));
  if (reply.kind !== 'ok') return toFetched(target, reply);
  const again = Page.safeParse(reply.answer.json).data;
  if (again === undefined || fingerprint(again, reply.answer) !== print) return 'changed';
  const result = resultOf(context, target);
  const all = await readPages(table, result);
  const own = all.filter((page) => page.set.id === id);
  if (own.length !== pages - 1) return unfinished(target, PAGES_LEFT, reply.answer.askedAt);
  const others = hash('sha256', own.map(({ sha256 }) => sha256).join(' '), 'base64url');
  const stored = await store(context, target, reply.answer, { id, pages, others });
  if (stored.class === 'stored')
    await removeSurplus(table, result, { pages: all, wanted: target.wanted, now: context.now });
  return stored;
}

/**
 * True if a page of an unfinished set may be reused: it was fetched in this generation, and for this mark or a later
 * one, so that the whole set answers this mark.
 */
function isUsable({ now }: Context, { generation, wanted }: FetchTarget, page: StoredPage): boolean {
  if (page.generation < generation || page.answered < wanted) return false;
  return now - Date.parse(page.fetchedAt) <= SET_LIVES_MS;
}

/** Longest unbroken start of a set, other than the one that readers see. */
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
