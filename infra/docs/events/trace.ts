import { FETCHERS } from '../../../functions/consumers/results/ask.ts';
import type { Entry } from '../../../shared/checklist/entry.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { Call } from '../../../shared/ocrolus/calls.ts';
import { PERMANENT_CODES, TOO_MANY_TRANSACTIONS } from '../../../shared/ocrolus/classify.ts';
import { type Answering, HAS_RESULT, IDS, NOW, recordedDelivery } from './recorded-delivery.ts';

/** The calls and the stored items of a kind's fetcher. */
export interface Trace {
  readonly asked: readonly Call[];
  /** Sort keys. */
  readonly stored: readonly string[];
  /** The answer's code, if it is permanent. */
  readonly permanent: string | undefined;
}

/** Runs the fetcher of a kind. @param entry of the checklist, if it matters. */
export async function trace(
  kind: ResultKind,
  subject: string,
  answering: Answering = HAS_RESULT,
  entry?: Entry,
): Promise<Trace> {
  const { context, asked, stored } = recordedDelivery({}, answering);
  const fetched = await FETCHERS[kind](context, {
    kind,
    bookUuid: IDS.bookUuid,
    subject,
    generation: 1,
    entry,
    // An event may name a document only by this id, which may be that of a part of an upload.
    docUuid: subject === IDS.uploadedDocUuid ? subject : undefined,
  });
  const permanent = fetched.class === 'permanent' ? fetched.code : undefined;
  return { asked, stored, permanent };
}

/** Further calls, if Ocrolus refuses the first ones. */
export async function fallbacks(kind: ResultKind, subject: string): Promise<readonly Call[]> {
  const { asked: first } = await trace(kind, subject);
  const { asked } = await trace(kind, subject, () => ({ kind: 'refused', code: '' }));
  return asked.filter(({ path }) => !first.some((call) => call.path === path));
}

/** Calls of the job that computes the result, if it is too large for one answer. */
export async function jobCalls(kind: ResultKind, subject: string): Promise<readonly Call[]> {
  const isAsync = ({ query }: Call) => query?.async === 'true';
  const tooLarge: Answering = (call) =>
    isAsync(call)
      ? { kind: 'ok', json: { job_id: 'job' } }
      : { kind: 'refused', code: TOO_MANY_TRANSACTIONS };
  const started = await trace(kind, subject, tooLarge);
  const job = started.asked.filter(isAsync);
  if (job.length === 0) return [];
  const { asked } = await trace(kind, subject, HAS_RESULT, RUNNING_JOB);
  return [...job, ...asked];
}

/** An entry whose job was just started. */
const RUNNING_JOB: Entry = {
  state: 'pending',
  version: 1,
  since: NOW,
  attempts: 1,
  job: '<job>',
  jobAt: NOW,
};

/** The codes of permanent answers about the data of a kind. */
export async function permanentCodes(kind: ResultKind, subject: string): Promise<string[]> {
  const answers = await Promise.all(
    [...PERMANENT_CODES].map((code) =>
      trace(kind, subject, () => ({ kind: 'permanent', code: String(code) })),
    ),
  );
  const failed: Answering = () => ({ kind: 'ok', json: { status: 'FAILED' } });
  const hasJobs = (await jobCalls(kind, subject)).length > 0;
  const job = hasJobs ? [await trace(kind, subject, failed, RUNNING_JOB)] : [];
  return [...answers, ...job].flatMap(({ permanent }) => permanent ?? []);
}
