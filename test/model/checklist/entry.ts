import type { Design } from '../design.ts';
import { JOB_RESTARTS, nextProbe, nextTryIn } from './times.ts';

/**
 * One result that a book or a document should have (shared/checklist/entry.ts). Clocks are in minutes, marks in thousandths of
 * them.
 */
export interface Entry {
  readonly wanted: number;
  readonly answered: number;
  readonly state?: 'stored' | 'unavailable' | undefined;
  readonly at?: number | undefined;
  readonly tried?: number | undefined;
  readonly tries?: number | undefined;
  readonly since?: number | undefined;
  /** Code of the last unsuccessful request. */
  readonly code?: Answer['outcome'] | undefined;
  readonly nextAt?: number | undefined;
  readonly job?: Job | undefined;
}

export interface Job {
  readonly wanted: number;
  readonly at: number;
  /** Absent after it has failed, until another one is started. `revision`: what it computes; absent: it fails. */
  readonly work?: { readonly doneAt: number; readonly revision: number | undefined } | undefined;
  readonly failures?: number | undefined;
}

/** The mark that was read before a request, and when it started. */
export interface Pair {
  readonly wanted: number;
  readonly at: number;
}

export interface Answer extends Pair {
  readonly outcome: 'stored' | 'permanent' | 'not-yet' | 'refused' | 'failed' | 'job-failed';
  readonly job?: Job | undefined;
  /** The result is stored, and lacks something that may still come. */
  readonly isPartial?: boolean;
}

export const NO_ENTRY: Entry = { wanted: 0, answered: 0 };

/** The result may be new, a delivery says. */
export function mark(design: Design, entry: Entry = NO_ENTRY, clock: number): Entry {
  const now = design.startAtTime ? Math.round(clock * 1000) : 0;
  return { ...entry, wanted: Math.max(now, entry.wanted + 1) };
}

/** Something that was observed says so: it is not asked for before `at`, unless an event has announced it already. */
export function markFor(
  design: Design,
  entry: Entry = NO_ENTRY,
  { clock, at }: { clock: number; at: number },
): Entry {
  const { since: _, ...rest } = entry;
  const { wanted } = mark(design, entry, clock);
  const isUntried = entry.answered < entry.wanted && (entry.tried ?? 0) < entry.wanted;
  return isUntried ? { ...rest, wanted } : { ...rest, wanted, tried: wanted, tries: 0, nextAt: at };
}

/** True if an answer replaces the stored one. */
export function isLater({ counters }: Design, { wanted, at }: Pair, kept: Pair): boolean {
  if (!counters) return at > kept.at;
  return wanted > kept.wanted || (wanted === kept.wanted && at > kept.at);
}

export interface Circumstances {
  readonly design: Design;
  readonly clock: number;
  readonly endedAt: number | undefined;
}

/** The entry after an answer (shared/checklist/answer.ts); it may have been marked since the request. */
export function afterAnswer(entry: Entry = NO_ENTRY, given: Answer, context: Circumstances): Entry {
  const { design, clock } = context;
  const answer = design.counters ? given : { ...given, wanted: Math.max(given.wanted, entry.wanted) };
  if (answer.outcome === 'permanent') return close(design, entry, answer);
  if (answer.outcome === 'stored') {
    const closed = close(design, entry, answer);
    const isProbed = answer.isPartial === true && closed.answered >= closed.wanted && design.signalsProbed;
    return isProbed ? { ...closed, nextAt: nextProbe(context) } : closed;
  }
  if (entry.answered >= answer.wanted) {
    const isProbe = entry.nextAt !== undefined && entry.answered >= entry.wanted;
    return isProbe ? afterProbe(entry, answer, context) : entry;
  }
  const { job: before, ...rest } = entry;
  if (answer.wanted < (entry.tried ?? 0)) {
    const job = before ?? answer.job;
    return job === before ? entry : { ...entry, job, nextAt: entry.nextAt ?? clock + 5 };
  }
  const job = jobAfter(before, answer);
  const restarts = design.failedJobRestarts ? JOB_RESTARTS : [];
  if (answer.outcome === 'job-failed' && (job?.failures ?? 0) > restarts.length)
    return close(design, entry, { ...answer, wanted: job?.wanted ?? answer.wanted, outcome: 'permanent' });
  const { since = clock, tries = 0 } = answer.wanted === entry.tried ? entry : NO_ENTRY;
  const wait =
    answer.outcome === 'job-failed'
      ? restarts[(job?.failures ?? 1) - 1]
      : nextTryIn(tries + 1, clock - since, answer.outcome === 'failed' || job?.work !== undefined);
  return {
    ...rest,
    tried: answer.wanted,
    tries: tries + 1,
    since,
    code: answer.outcome,
    ...(job !== undefined && { job }),
    nextAt: wait === undefined ? undefined : clock + wait,
  };
}

function close(design: Design, entry: Entry, answer: Answer): Entry {
  const { job, ...others } = entry;
  // A job that is not for a later mark has ended, even if its result is older than what is stored.
  const later = job !== undefined && job.wanted > answer.wanted && { job };
  if (!isLater(design, answer, { wanted: entry.answered, at: entry.at ?? 0 })) return { ...others, ...later };
  const { code: _, tried = 0, tries, since, nextAt, ...rest } = others;
  const isOlder = tried > answer.wanted && job?.wanted !== answer.wanted;
  return {
    ...rest,
    answered: answer.wanted,
    state: answer.outcome === 'stored' ? 'stored' : 'unavailable',
    at: answer.at,
    ...(isOlder && { tried, tries, since, nextAt }),
    ...later,
  };
}

function jobAfter(before: Job | undefined, { outcome, job, wanted, at }: Answer): Job | undefined {
  if (outcome === 'job-failed')
    return { wanted: before?.wanted ?? wanted, at, failures: (before?.failures ?? 0) + 1 };
  if (outcome === 'failed') return before;
  return job && before?.wanted === job.wanted ? { ...job, failures: before.failures } : job;
}

function afterProbe(entry: Entry, answer: Answer, context: Circumstances): Entry {
  const { job: before, ...rest } = entry;
  const job = jobAfter(before, answer);
  if (job?.work !== undefined) return { ...rest, job, nextAt: context.clock + 60 };
  return { ...rest, nextAt: context.design.probesGoOn ? nextProbe(context) : undefined };
}
