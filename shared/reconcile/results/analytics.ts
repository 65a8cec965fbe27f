import * as z from 'zod';
import type { Job as StartedJob } from '../../checklist/entry.ts';
import { type Call, calls } from '../../ocrolus/calls.ts';
import { TOO_MANY_TRANSACTIONS, TOOK_TOO_LONG } from '../../ocrolus/classify.ts';
import type { Context } from '../context.ts';
import { type Fetch, type Fetched, type FetchTarget, store, toFetched } from './fetch.ts';
import type { ResultAnswer, ResultReply } from './outline.ts';

/** An answer with the result, and the mark that it counts for: a job's is the mark for which the job was started. */
export interface Found {
  readonly answer: ResultAnswer;
  readonly wanted: number;
  /** A job has computed it. */
  readonly isJob?: true;
}

/** Fetches analytics of version 2, by an asynchronous job where one answer is too large or takes too long. */
export function fetchAnalytics(call: (bookUuid: string, async: boolean) => Call): Fetch {
  return async (context, target) => {
    const found = await askOrStartJob(context, target, (async) => call(context.bookId, async));
    return 'answer' in found ? store(context, { ...target, wanted: found.wanted }, found.answer) : found;
  };
}

const sentId = z.union([z.string(), z.number()]);
/** Becomes a path segment, which must not lead elsewhere as `..` would. */
const jobId = sentId.transform(String).pipe(z.string().regex(/^\w[\w.:-]{0,127}$/));
const Job = z.looseObject({ job_id: jobId.optional() });
const Pending = z.looseObject({ job_id: sentId, status: z.literal('PENDING') });
const FinishedJob = z.looseObject({ result_url: z.url() });
const FailedJob = z.looseObject({ status: z.literal('FAILED') });
/** Jobs live a day (docs/ocrolus.md#asynchronous-jobs); with a margin for wrong clocks. */
const JOB_LIVES_MS = 26 * 3_600_000;

/**
 * Asks for analytics, and where Ocrolus does not compute them at once starts a job for them
 * (docs/ocrolus.md#asynchronous-jobs). The job's id is kept in the entry, so that each job is asked for until it ends.
 */
export async function askOrStartJob(
  context: Context,
  target: FetchTarget,
  call: (async: boolean) => Call,
): Promise<Fetched | Found> {
  const { job } = target.entry;
  if (job !== undefined) {
    // A job that has failed is started again; so is one that Ocrolus does not know any more.
    const ended =
      job.id === undefined ? undefined : await askForJob(context, { ...target, job }, call(false).operation);
    return ended ?? unlessJob(target, await context.fetch(call(true)));
  }
  let reply = await context.fetch(call(false));
  // One retry, then asynchronously.
  if (reply.kind === 'refused' && reply.code === TOOK_TOO_LONG) reply = await context.fetchAgain(call(false));
  const isTooLarge =
    reply.kind === 'refused' && (reply.code === TOO_MANY_TRANSACTIONS || reply.code === TOOK_TOO_LONG);
  return unlessJob(target, isTooLarge ? await context.fetch(call(true)) : reply);
}

/** A 202 has the id of a job instead of a result. */
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

/** HTTP status and code of a job that failed (docs/ocrolus.md#error-codes). */
const JOB_FAILED = 'http-422';

/**
 * What the job says. Its result is about the data at the time of its start, and counts for the mark that was read then.
 *
 * @param operation that the result of the job is stored with.
 * @returns `undefined` when the job is unknown or has expired: they live a day (docs/ocrolus.md#asynchronous-jobs).
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
    // Any other refusal: the job itself continues.
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
