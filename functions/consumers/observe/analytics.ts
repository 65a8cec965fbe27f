import * as z from 'zod';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { asFailure, Failure } from '../../../shared/failure.ts';
import { type Call, calls } from '../../../shared/ocrolus/calls.ts';
import { TOO_MANY_TRANSACTIONS } from '../../../shared/ocrolus/classify.ts';
import type { Answer } from '../../../shared/ocrolus/client.ts';
import type { WriteOutcome } from '../../../shared/store/books.ts';
import type { Observing } from '../observing.ts';
import { each, type Observed } from '../outcome.ts';
import { storeResult } from './store-result.ts';

/** The version 2 analytics of a book: summary, cash flow features, enriched transactions. @throws Failure */
export function storeAnalytics(observing: Observing, bookUuid: string): Promise<Observed> {
  const store = (kind: ResultKind, call: (async: boolean) => Call) => async () =>
    storeResult(
      observing,
      { bookId: bookUuid, kind, subject: bookUuid },
      await askOrStartJob(observing, kind, call),
    );
  return each([
    store('summary', (async) => calls.bookSummary(bookUuid, async)),
    store('cash-flow', (async) => calls.cashFlowFeatures(bookUuid, async)),
    () => storeEnrichedTransactions(observing, bookUuid),
  ]);
}

const Job = z.looseObject({ job_id: z.string(), status: z.string().optional() });
const FinishedJob = z.looseObject({ result_url: z.url() });

/**
 * Asks for analytics, and where they are too large for one answer starts a job for them and comes back later
 * (domain reference sections 5 and 11).
 *
 * @throws Failure `later` with the job's id while it runs.
 */
async function askOrStartJob(
  observing: Observing,
  kind: ResultKind,
  call: (async: boolean) => Call,
): Promise<Answer> {
  const jobId = observing.envelope.jobs?.[kind];
  if (jobId !== undefined) {
    const finished = await askJob(observing, kind, jobId, call(false).operation);
    if (finished !== undefined) return finished;
    return unlessJob(kind, await observing.ask(call(true)));
  }
  try {
    return unlessJob(kind, await observing.ask(call(false)));
  } catch (error) {
    if (asFailure(error).code !== TOO_MANY_TRANSACTIONS) throw error;
    return unlessJob(kind, await observing.ask(call(true)));
  }
}

/** A 202 is no result but a job's id. */
function unlessJob(kind: ResultKind, answer: Answer): Answer {
  const job = answer.httpStatus === 202 ? Job.safeParse(answer.json).data : undefined;
  if (job !== undefined) throw new Failure('later', 'job-started', { jobs: { [kind]: job.job_id } });
  return answer;
}

/** @returns `undefined` when the job is unknown or has expired: they live a day (section 5). */
async function askJob(observing: Observing, kind: ResultKind, jobId: string, operation: string) {
  let answer: Answer;
  try {
    answer = await observing.ask(calls.analyticsJob(jobId));
  } catch (error) {
    if (asFailure(error).code === 'http-404') return undefined;
    throw error;
  }
  const finished = FinishedJob.safeParse(answer.json).data;
  if (finished === undefined) throw new Failure('later', 'job-pending', { jobs: { [kind]: jobId } });
  return observing.client.getSigned(finished.result_url, operation, observing.deadline);
}

const Page = z.looseObject({
  filtered_total: z.number().optional().catch(undefined),
  enriched_transactions: z.array(z.unknown()),
});

/** More pages than any book can have: 1,000,000 transactions are the vendor's limit (section 5). */
const MOST_PAGES = 1000;

/**
 * Stores the enriched transactions, page by page where one answer does not have them all: the first under the
 * book's uuid, each further one under `<uuid>@<offset>`.
 */
async function storeEnrichedTransactions(observing: Observing, bookUuid: string): Promise<WriteOutcome> {
  const kind = 'transactions';
  let answer = await askOrStartJob(observing, kind, (async) => calls.enrichedTransactions(bookUuid, async));
  const outcome = await storeResult(observing, { bookId: bookUuid, kind, subject: bookUuid }, answer);
  let rows = 0;
  for (let pages = 1; pages < MOST_PAGES; pages += 1) {
    const page = Page.safeParse(answer.json).data;
    rows += page?.enriched_transactions.length ?? 0;
    const complete = page === undefined || page.enriched_transactions.length === 0;
    if (complete || rows >= (page.filtered_total ?? 0)) break;
    answer = await observing.ask(calls.enrichedTransactionsFrom(bookUuid, rows));
    await storeResult(observing, { bookId: bookUuid, kind, subject: `${bookUuid}@${rows}` }, answer);
  }
  return outcome;
}
