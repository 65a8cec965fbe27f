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
  let { answer } = found;
  let rows = 0;
  for (let pages = 1; pages < MOST_PAGES; pages += 1) {
    const page = Page.safeParse(answer.json).data;
    rows += page?.enriched_transactions.length ?? 0;
    const isLast = page === undefined || page.enriched_transactions.length === 0;
    // `filtered_total` may be that of this page (ocrolus: section 12.15).
    if (isLast || rows >= (page.total ?? page.filtered_total ?? 0)) break;
    const reply = await context.ask(calls.enrichedTransactionsFrom(bookUuid, rows));
    if (reply.kind !== 'ok') return toFetched(reply);
    answer = reply.answer;
    const stored = await store(context, { ...target, subject: `${bookUuid}@${rows}` }, kind, answer);
    if (!Page.safeParse(answer.json).success) return { ...stored, class: 'not-yet', code: 'page-unreadable' };
  }
  return { ...first, covers: found.covers };
};
