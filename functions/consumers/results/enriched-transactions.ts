import * as z from 'zod';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { askOrStartJob } from './analytics.ts';
import { type Fetch, store, toFetched } from './fetch.ts';

const Page = z.looseObject({
  total: z.number().optional().catch(undefined),
  filtered_total: z.number().optional().catch(undefined),
  enriched_transactions: z.array(z.unknown()),
});

/** More pages than any book can have: 1,000,000 transactions are the vendor's limit (ocrolus: section 5). */
const MOST_PAGES = 1000;

/**
 * Stores the enriched transactions, page by page where one answer does not have them all: the first under the
 * book's uuid, each further one under `<uuid>@<offset>`.
 */
export const fetchEnrichedTransactions: Fetch = async (context, target) => {
  const kind = 'enriched-transactions';
  const { bookUuid } = target;
  const found = await askOrStartJob(context, target, (async) => calls.enrichedTransactions(bookUuid, async));
  if (!('answer' in found)) return found;
  const first = await store(context, target, kind, found.answer);
  let page = Page.safeParse(found.answer.json).data;
  let rows = page?.enriched_transactions.length ?? 0;
  for (let pages = 1; pages < MOST_PAGES && isFollowed(page, rows); pages += 1) {
    const reply = await context.ask(calls.enrichedTransactionsFrom(bookUuid, rows));
    if (reply.kind !== 'ok') return toFetched(reply);
    const stored = await store(context, { ...target, subject: `${bookUuid}@${rows}` }, kind, reply.answer);
    page = Page.safeParse(reply.answer.json).data;
    if (page === undefined) return { ...stored, class: 'not-yet', code: 'page-unreadable' };
    rows += page.enriched_transactions.length;
  }
  return { ...first, covers: found.covers };
};

/** Whether there are more rows than those that were read, this page included. */
function isFollowed(page: z.infer<typeof Page> | undefined, rows: number): boolean {
  if (page === undefined || page.enriched_transactions.length === 0) return false;
  // `filtered_total` may be that of this page (ocrolus: section 12.15).
  return rows < (page.total ?? page.filtered_total ?? 0);
}
