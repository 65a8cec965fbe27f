import * as z from 'zod';
import type { Job as StartedJob } from '../../checklist/entry.ts';
import { type Call, calls } from '../../ocrolus/calls.ts';
import { TOO_MANY_TRANSACTIONS, TOOK_TOO_LONG } from '../../ocrolus/classify.ts';
import type { Context } from '../context.ts';
import { type Fetch, type Fetched, type FetchTarget, store, toFetched } from './fetch.ts';
import type { ResultAnswer, ResultReply } from './outline.ts';

/** An answer with the result, and the mark that it counts for: for a job, the mark at its start. */
export interface Found {
  readonly answer: ResultAnswer;
  readonly wanted: number;
  /** True if a job has computed it. */
  readonly isJob?: true;
}

/** Fetches version 2 analytics, by an asynchronous job if one answer is too large or takes too long. */
export function fetchAnalytics(call: (bookUuid: string, async: boolean) => Call): Fetch {
  return async (context, target) => {
    const found = await askOrStartJob(context, target, (async) => call(context.bookId, async));
    return 'answer' in found ? store(context, { ...target, wanted: found.wanted }, found.answer) : found;
  };
}

const sentId = z.union([z.string(), z.number()]);
/** Used as a path segment, so `..` must be impossible. */
const jobId = sentId.transform(String).pipe(z.string().regex(/^\w[\w.:-]{0,127}$/));
const Job = z.looseObject({ job_id: jobId.optional() });
const Pending = z.looseObject({ job_id: sentId, status: z.literal('PENDING') });
const FinishedJob = z.looseObject({ result_url: z.url() });
const FailedJob = z.union([
  z.looseObject({ status: z.literal('FAILED') }),
  // As documented for 404 and 422, should it come with 200.
  z.looseObject({ error: z.string() }),
]);
/** Lifetime of a job: a day (docs/ocrolus.md#asynchronous-jobs), with a margin for wrong clocks. */
const JOB_LIVES_MS = 26 * 3_600_000;

/**
 * Asks for analytics, and starts a job if Ocrolus does not compute them at once (docs/ocrolus.md#asynchronous-jobs).
 * The entry keeps the id of the job, so that it is asked for until it ends.
 */
export async function askOrStartJob(
  context: Context,
  target: FetchTarget,
  call: (async: boolean) => Call,
): Promise<Fetched | Found> {
  const { job } = target.entry;
  if (job !== undefined) {
    // A failed job is started again, and so is one that Ocrolus no longer knows.
    const ended =
      job.id === undefined ? undefined : await askForJob(context, { ...target, job }, call(false).operation);
    return ended ?? unlessJob(target, await context.fetch(call(true)));
  }
  let reply = await context.fetch(call(false));
  // Retried once, then asynchronously.
  if (reply.kind === 'refused' && reply.code === TOOK_TOO_LONG) reply = await context.fetchAgain(call(false));
  const isTooLarge =
    reply.kind === 'refused' && (reply.code === TOO_MANY_TRANSACTIONS || reply.code === TOOK_TOO_LONG);
  return unlessJob(target, isTooLarge ? await context.fetch(call(true)) : reply);
}

/** Distinguishes jobs from results: a 202 has the id of a job instead of a result. */
function unlessJob(target: FetchTarget, reply: ResultReply): Fetched | Found {
  if (reply.kind !== 'ok') return toFetched(target, reply);
  const { answer } = reply;
  const { wanted } = target;
  if (answer.httpStatus !== 202 && !Pending.safeParse(answer.json).success) return { answer, wanted };
  const asked = { wanted, at: answer.askedAt };
  const id = Job.safeParse(answer.json).data?.job_id;
  if (id === undefined) return { class: 'not-yet', code: 'job-unreadable', ...asked };
  return { class: 'not-yet', code: 'job-started', ...asked, job: { id, ...asked } };
}

/** Code of a failed job, from its HTTP status (docs/ocrolus.md#error-codes). */
const JOB_FAILED = 'http-422';

/**
 * Asks for a job. Its result is about the data at the time of its start, and counts for the mark that was read then.
 *
 * @param operation stored with the result of the job.
 * @returns `undefined` when the job is unknown or has expired: jobs live for a day
 * (docs/ocrolus.md#asynchronous-jobs).
 */
async function askForJob(
  context: Context,
  { job, wanted }: Pick<FetchTarget, 'wanted'> & { readonly job: StartedJob },
  operation: string,
): Promise<Fetched | Found | undefined> {
  const reply = await context.ask(calls.analyticsJob(job.id ?? ''));
  const isOver = context.now - Date.parse(job.at) > JOB_LIVES_MS;
  const asked = { wanted, at: reply.kind === 'ok' ? reply.answer.askedAt : reply.askedAt };
  const failed: Fetched = { class: 'job-failed', code: 'job-failed', ...asked, job };
  if (reply.kind !== 'ok') {
    if (reply.code === 'http-404' || isOver) return undefined;
    if (reply.code === JOB_FAILED || reply.kind === 'permanent') return failed;
    // Any other refusal does not concern the job, which continues.
    return { class: 'not-yet', code: reply.code, ...asked, job };
  }
  if (FailedJob.safeParse(reply.answer.json).success) return failed;
  const finished = FinishedJob.safeParse(reply.answer.json).data;
  if (finished === undefined) {
    return isOver ? undefined : { class: 'not-yet', code: 'job-pending', ...asked, job };
  }
  const result = await context.fetchSigned(finished.result_url, operation);
  // The link has expired: the next attempt asks the job for another one, or starts a new job.
  if (result.kind !== 'ok') return { class: 'not-yet', code: result.code, ...asked, job };
  return { answer: { ...result.answer, askedAt: job.at }, wanted: job.wanted, isJob: true };
}
