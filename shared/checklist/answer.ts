import { iso } from '../time.ts';
import { type Entry, type Job, NO_ENTRY } from './entry.ts';
import type { Timing } from './times.ts';

/**
 * Outcome of a request for a result (docs/design.md#what-an-answer-means).
 *
 * - `stored`: the result; `isPartial`: it lacks something that may still come.
 * - `permanent`: Ocrolus says something about the data, which asking again does not change.
 * - `not-yet`: Ocrolus is working on it, in `job` if it names one. `goesOn`: a part is stored, and the next one can
 *   be asked for.
 * - `refused`: possibly wrong credentials, a proxy, a race, or a bug of this project.
 * - `failed`: Ocrolus or the network does not work.
 * - `job-failed`: this job could not compute the result.
 */
export type AnswerClass =
  | { readonly class: 'stored'; readonly isPartial?: boolean }
  | { readonly class: 'permanent'; readonly code: string }
  | {
      readonly class: 'not-yet';
      readonly code: string;
      readonly job?: Job | undefined;
      readonly goesOn?: boolean;
    }
  | { readonly class: 'refused' | 'failed'; readonly code: string }
  | { readonly class: 'job-failed'; readonly code: string; readonly job: Job };

export type Answer = AnswerClass & Pair;

/** Orders two answers: the one for the later mark is later; for the same mark, the one requested later. */
export interface Pair {
  /** Mark that was read before the request. */
  readonly wanted: number;
  /** Start of the request, in ISO 8601. */
  readonly at: string;
}

/** True if an answer replaces the stored one. */
export function isLater(
  one: Pair,
  kept: { readonly wanted: number; readonly at: string | undefined },
): boolean {
  return one.wanted > kept.wanted || (one.wanted === kept.wanted && one.at > (kept.at ?? ''));
}

/** The present, and the end of the book's capture, from which probes are counted. */
export interface AnswerTiming extends Timing {
  readonly endedAt?: string | undefined;
}

/** An answer without a result; one may come later. */
type NoResult = Exclude<Answer, { readonly class: 'stored' | 'permanent' }>;

/** Applies an answer to an entry. @param known the entry as stored now; it may have been marked since the request. */
export function afterAnswer(known: Entry = NO_ENTRY, answer: Answer, timing: AnswerTiming): Entry {
  // A policy may want a result that nothing has marked.
  const entry = { ...known, wanted: Math.max(known.wanted, answer.wanted) };
  if (answer.class === 'permanent') return close(entry, answer, 'unavailable', answer.code);
  if (answer.class === 'stored') {
    const closed = close(entry, answer, 'stored');
    const isProbed = answer.isPartial === true && closed.answered >= closed.wanted;
    return isProbed ? { ...closed, nextAt: nextProbe(timing) } : closed;
  }
  // A later answer has closed the entry, or this was only a probe.
  if (entry.answered >= answer.wanted) {
    const isProbe = entry.nextAt !== undefined && entry.answered >= entry.wanted;
    return isProbe ? afterProbe(entry, answer, timing) : entry;
  }
  const { now, times } = timing;
  const { job: before, ...rest } = entry;
  // The schedule of a later mark stays. A job that this request started is still followed.
  if (answer.wanted < (entry.tried ?? 0)) {
    const job = before ?? (answer.class === 'not-yet' ? answer.job : undefined);
    return job === before ? entry : { ...entry, job, nextAt: entry.nextAt ?? iso(now + times.min) };
  }
  const job = jobAfter(before, answer);
  if (job?.failures !== undefined && job.failures > times.jobRestarts.length && answer.class === 'job-failed')
    return close(entry, { ...answer, wanted: job.wanted }, 'unavailable', answer.code);
  const { since = iso(now), tries = 0 } = answer.wanted === entry.tried ? entry : NO_ENTRY;
  const failedSince = answer.class === 'failed' ? (entry.failedSince ?? iso(now)) : undefined;
  const tried = { tried: answer.wanted, tries: tries + 1, since, failedSince, code: answer.code };
  const wait = waitAfter(answer, { age: now - Date.parse(since), job }, timing);
  return {
    ...rest,
    ...tried,
    ...(job !== undefined && { job }),
    nextAt: wait === undefined ? undefined : iso(now + wait),
  };
}

function close(entry: Entry, answer: Answer, state: string, code?: string): Entry {
  const { job, ...others } = entry;
  // A job for a later mark continues. Any other job has ended, even if its result is older than what is stored.
  const later = job !== undefined && job.wanted > answer.wanted && { job };
  if (!isLater(answer, { wanted: entry.answered, at: entry.at })) return { ...others, ...later };
  const { code: _, tried = 0, tries, since, failedSince, nextAt, ...rest } = others;
  // Requests for a later mark have brought nothing yet, and continue. After a job, the next request follows at once.
  const isOlder = tried > answer.wanted && job?.wanted !== answer.wanted;
  return {
    ...rest,
    answered: answer.wanted,
    state,
    at: answer.at,
    ...(code !== undefined && { code }),
    ...(isOlder && { tried, tries, since, failedSince, nextAt }),
    ...later,
  };
}

/**
 * The wait is the time since the first unsuccessful request, so it doubles. The number of requests would be
 * misleading: ten events may ask within a second.
 *
 * @returns `undefined`: the result is no longer asked for.
 */
function waitAfter(
  answer: NoResult,
  { age, job }: { readonly age: number; readonly job: Job | undefined },
  { times }: Timing,
): number | undefined {
  if (answer.class === 'job-failed') return times.jobRestarts[(job?.failures ?? 1) - 1];
  if (answer.class === 'not-yet' && answer.goesOn === true) return times.min;
  if (age > times.year) return undefined;
  if (age > times.horizon) return times.month;
  const isShort = answer.class === 'failed' || job?.id !== undefined;
  return Math.min(Math.max(age, times.min), isShort ? Math.min(times.hour, times.max) : times.max);
}

/** Job after an answer. A failure says nothing about it; any other answer ends a job that it does not name. */
function jobAfter(before: Job | undefined, answer: NoResult): Job | undefined {
  switch (answer.class) {
    case 'not-yet': {
      const { job } = answer;
      return job && before?.wanted === job.wanted ? { ...job, failures: before.failures } : job;
    }
    case 'job-failed': {
      const { id, wanted, failures = 0 } = answer.job;
      // Another request has already counted this failure.
      if (before !== undefined && before.id !== id) return before;
      return { wanted, at: answer.at, failures: failures + 1 };
    }
    case 'failed':
      return before;
    case 'refused':
      return undefined;
  }
}

/**
 * Schedules the next probe, if any is left, or follows the job that a probe has started. A request that failed is
 * repeated hourly for a day, because corrections mark no entry that has never been answered.
 */
function afterProbe(entry: Entry, answer: NoResult, timing: AnswerTiming): Entry {
  const { job: before, ...rest } = entry;
  const job = jobAfter(before, answer);
  const { now, times } = timing;
  const inAnHour = iso(now + times.hour);
  if (job?.id !== undefined) return { ...rest, job, nextAt: inAnHour };
  const end = endOf(timing);
  const isRecent = times.probes.some((wait) => now >= end + wait && now < end + wait + times.day);
  return { ...rest, nextAt: answer.class === 'failed' && isRecent ? inAnHour : nextProbe(timing) };
}

function nextProbe(timing: AnswerTiming): string | undefined {
  const { now, times } = timing;
  const next = times.probes.map((wait) => endOf(timing) + wait).find((at) => at > now);
  return next === undefined ? undefined : iso(next);
}

function endOf({ now, endedAt }: AnswerTiming): number {
  return endedAt === undefined ? now : Date.parse(endedAt);
}
