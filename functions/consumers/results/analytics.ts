import * as z from 'zod';
import type { Entry } from '../../../shared/checklist/entry.ts';
import { type Call, calls } from '../../../shared/ocrolus/calls.ts';
import { TOO_MANY_TRANSACTIONS, TOOK_TOO_LONG } from '../../../shared/ocrolus/classify.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import { type Fetch, type Fetched, type FetchTarget, store, toFetched } from './fetch.ts';
import type { ResultAnswer, ResultReply } from './outline.ts';

/** An answer with the result. `covers`: the event for which a job was started. */
export interface Found {
  readonly answer: ResultAnswer;
  readonly covers?: string | undefined;
  /** A job has computed it. */
  readonly isJob?: true;
}

/** Fetches analytics of version 2, by an asynchronous job where one answer is too large or takes too long. */
export function fetchAnalytics(call: (bookUuid: string, async: boolean) => Call): Fetch {
  return async (context, target) => {
    const found = await askOrStartJob(context, target, (async) => call(target.bookUuid, async));
    return 'answer' in found
      ? { ...(await store(context, target, found.answer)), covers: found.covers }
      : found;
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
  context: DeliveryContext,
  { entry, bookUuid }: FetchTarget,
  call: (async: boolean) => Call,
): Promise<Fetched | Found> {
  if (entry?.job !== undefined) {
    const { job } = entry;
    const ended = await askForJob(context, { bookUuid, job, entry, operation: call(false).operation });
    return ended ?? unlessJob(await context.fetch(bookUuid, call(true)));
  }
  let reply = await context.fetch(bookUuid, call(false));
  // One retry, then asynchronously. Not through the batch, which remembers the first reply.
  if (reply.kind === 'refused' && reply.code === TOOK_TOO_LONG) {
    reply = await context.fetchAgain(bookUuid, call(false));
  }
  const isTooLarge =
    reply.kind === 'refused' && (reply.code === TOO_MANY_TRANSACTIONS || reply.code === TOOK_TOO_LONG);
  return unlessJob(isTooLarge ? await context.fetch(bookUuid, call(true)) : reply);
}

/** A 202 has the id of a job instead of a result. */
function unlessJob(reply: ResultReply): Fetched | Found {
  if (reply.kind !== 'ok') return toFetched(reply);
  const { answer } = reply;
  if (answer.httpStatus !== 202 && !Pending.safeParse(answer.json).success) return { answer };
  const job = Job.safeParse(answer.json).data?.job_id;
  return {
    class: 'not-yet',
    code: job === undefined ? 'job-unreadable' : 'job-started',
    job,
    askedAt: answer.askedAt,
  };
}

/** HTTP status and code of a job that failed (docs/ocrolus.md#error-codes). */
const JOB_FAILED = 'http-422';

/** The job has expired, whatever Ocrolus says about it: another one must be started. */
function isOver(entry: Entry, now: number): boolean {
  return entry.jobAt !== undefined && now - Date.parse(entry.jobAt) > JOB_LIVES_MS;
}

interface StartedJob {
  readonly bookUuid: string;
  readonly job: string;
  readonly entry: Entry;
  /** The operation that the result of the job is stored with. */
  readonly operation: string;
}

/** @returns `undefined` when the job is unknown or has expired: they live a day (docs/ocrolus.md#asynchronous-jobs). */
async function askForJob(
  context: DeliveryContext,
  { bookUuid, job, entry, operation }: StartedJob,
): Promise<Fetched | Found | undefined> {
  const reply = await context.ask(calls.analyticsJob(job));
  // A failure, like a result, is about the data at the time when the job was started.
  const failed = (askedAt: string): Fetched => ({
    class: 'permanent',
    code: 'job-failed',
    askedAt: entry.jobAt ?? askedAt,
    covers: entry.jobCovers,
  });
  if (reply.kind !== 'ok') {
    const { code, askedAt } = reply;
    if (code === 'http-404' || isOver(entry, context.now)) return undefined;
    if (code === JOB_FAILED || reply.kind === 'permanent') return failed(askedAt);
    // Any other refusal: the job itself continues.
    return { class: 'not-yet', code, job, askedAt };
  }
  const { answer } = reply;
  if (FailedJob.safeParse(answer.json).success) return failed(answer.askedAt);
  const finished = FinishedJob.safeParse(answer.json).data;
  if (finished === undefined) {
    if (isOver(entry, context.now)) return undefined;
    return { class: 'not-yet', code: 'job-pending', job, askedAt: answer.askedAt };
  }
  const result = await context.fetchSigned(bookUuid, finished.result_url, operation);
  // The link has expired: the next attempt asks the job for another one, or starts a new job.
  if (result.kind !== 'ok') return { class: 'not-yet', code: result.code, job, askedAt: result.askedAt };
  // What the job computed is as old as its start, not as the download.
  const askedAt = entry.jobAt ?? answer.askedAt;
  return { answer: { ...result.answer, askedAt }, covers: entry.jobCovers, isJob: true };
}
