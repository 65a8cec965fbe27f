import { type Answer, type AnswerClass, afterAnswer } from '../../../../shared/checklist/answer.ts';
import type { Entry, Job } from '../../../../shared/checklist/entry.ts';
import { second, TIMES } from '../../store/testing/observations.ts';

/** Seconds, as everywhere in these tests. Marks are small numbers: they are compared with each other only. */
export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Unix milliseconds of the n-th second. */
export const time = (n: number) => Date.parse(second(n));

/** The second of a time of an entry. */
export const secondOf = (iso: string | undefined) => (Date.parse(iso ?? '') - time(0)) / 1000;

/** An entry whose mark 1 was answered. @param at the second. */
export const stored = (at: number): Entry => ({ wanted: 1, answered: 1, state: 'stored', at: second(at) });

export const unavailable = (at: number, code = '9006'): Entry => ({
  ...stored(at),
  state: 'unavailable',
  code,
});

/** A result that no event has announced, and that is asked for in case one was lost. */
export const probe = (nextAt: number): Entry => ({ wanted: 0, answered: 0, nextAt: second(nextAt) });

/** An entry with mark 5, for which nothing was asked yet; mark 3 was answered. */
export const marked: Entry = { wanted: 5, answered: 3, state: 'stored', at: second(50) };

/** The same after requests that brought nothing. */
export const tried = (more: Partial<Entry> = {}): Entry => ({
  ...marked,
  tried: 5,
  tries: 3,
  since: second(60),
  nextAt: second(600),
  code: '1404',
  ...more,
});

const CODES = {
  stored: undefined,
  permanent: '9006',
  'not-yet': '1404',
  refused: 'http-403',
  failed: 'http-503',
  'job-failed': 'job-failed',
};

/** The answer to a request for a mark that started at a second. @param of the job that has failed. */
export function answer(kind: AnswerClass['class'], wanted: number, at = 100, of = job(wanted)): Answer {
  const pair = { wanted, at: second(at) };
  if (kind === 'job-failed') return { class: kind, code: CODES[kind], ...pair, job: of };
  return kind === 'stored' ? { class: kind, ...pair } : { class: kind, code: CODES[kind], ...pair };
}

/** Ocrolus computes the result for a mark in a job. */
export const working = (wanted: number, job: Job, at = 100): Answer => ({
  class: 'not-yet',
  code: 'job-pending',
  wanted,
  at: second(at),
  job,
});

/** A job for a mark that was started at a second. */
export const job = (wanted: number, at = 100): Job => ({ id: `job ${wanted} ${at}`, wanted, at: second(at) });

/** @param now the second in which the answer is written. */
export const entryAfter = (entry: Entry | undefined, given: Answer, now = 200, endedAt?: string) =>
  afterAnswer(entry, given, { now: time(now), times: TIMES, endedAt });

/** Seconds until it is asked for again. */
export const waitAfter = (entry: Entry | undefined, given: Answer, now = 200, endedAt?: string) => {
  const { nextAt } = entryAfter(entry, given, now, endedAt);
  return nextAt === undefined ? undefined : secondOf(nextAt) - now;
};

/** Answers without a result. */
export const NO_RESULT = ['not-yet', 'refused', 'failed', 'job-failed'] as const;
