import { iso } from '../time.ts';
import { type Entry, isClosed, isOpen } from './entry.ts';
import { CLOCK_SKEW_MS, isAskedAfter, isReopenedBy, openedBy, openFor, reopen } from './opening.ts';
import { backoff, type Times, type Timing } from './times.ts';

/** What an answer, or the lack of one, means for an entry (docs/design.md#what-an-answer-means). */
export type AnswerClass =
  | { readonly class: 'stored' }
  /** Ocrolus does not have it yet. */
  | { readonly class: 'not-yet'; readonly code: string; readonly job?: string | undefined }
  /** A refusal that may be wrong credentials, a proxy or a race. */
  | { readonly class: 'refused'; readonly code: string }
  /** A refusal that says something about the data. */
  | { readonly class: 'permanent'; readonly code: string }
  /** The circuit of the kind is open: nothing was asked. */
  | { readonly class: 'suppressed' };

export type Answered = AnswerClass & {
  /** ISO 8601: when the request started. */
  readonly askedAt: string;
  /** ISO 8601: the latest `receivedAt` of the events that were in hand before the request started. */
  readonly covers: string | undefined;
  /** ISO 8601: the `receivedAt` of the event that wants the result; absent where the poller asks. */
  readonly opens?: string | undefined;
  /** The book was not known to be finished when it was asked for. */
  readonly isEarly?: boolean;
  /** The stored body was replaced by another one. */
  readonly hasReplaced?: boolean;
};

/** Refusals before an entry may expire; it also takes the horizon, counted from the first of them. */
const REFUSALS_BEFORE_EXPIRY = 20;

/** The code of an answer that lacks a part which Ocrolus may never give. */
export const PARTIAL = 'detect-absent';

/** The code of a document that Detect has not listed for two days: it is not analyzed. */
export const NOT_ANALYZED = 'not-analyzed';

/** The code of an answer whose first pages are stored, and whose other pages were not reached in time. */
export const PAGES_LEFT = 'pages-left';

/** A probe that was refused this often is not repeated. */
const PROBES = 3;

/** Whether an open entry is due, or would be within a quarter of the pause after the last try. */
export function isDueSoon(entry: Entry | undefined, { now, times }: Timing): boolean {
  if (entry?.nextAt === undefined) return true;
  const slack = backoff(times.min, Math.max(entry.attempts, 1), times.max) / 4;
  return Date.parse(entry.nextAt) <= now + slack;
}

/**
 * The entry after an answer.
 *
 * @param entry as it is stored now; it may be newer than the one that the request was made for.
 * @param version the book's generation or the document's version, as read *before* asking.
 */
export function afterAnswer(
  entry: Entry | undefined,
  version: number,
  answer: Answered,
  timing: Timing,
): Entry {
  const { now } = timing;
  // The book was reopened in the meantime: the answer says nothing about the new generation.
  if (entry !== undefined && entry.version > version) return entry;
  const current = entry?.version === version ? entry : undefined;
  if (answer.class === 'stored' || answer.class === 'permanent') return close(current, version, answer, now);
  // A newer answer has closed it already.
  const closed = isClosed(current) ? current : undefined;
  if (closed !== undefined && !isReopenedBy(closed, answer.opens)) return closed;
  const asked = closed === undefined ? (current ?? fresh(version, now)) : reopen(closed, now);
  const before = openFor(asked, answer.opens, now);
  switch (answer.class) {
    case 'not-yet':
      return notYet(before, answer, timing);
    case 'refused':
      return refused(before, answer, timing);
    case 'suppressed':
      return suppressed(before, timing);
  }
}

function fresh(version: number, now: number): Entry {
  return { state: 'wanted', version, since: iso(now), attempts: 0 };
}

function close(entry: Entry | undefined, version: number, answer: Answered, now: number): Entry {
  const { askedAt, covers } = answer;
  const before = isClosed(entry) ? entry : undefined;
  if (before?.at !== undefined && before.at > askedAt) return before;
  // This very answer has closed it, and something has opened it since.
  if (before === undefined && entry?.at === askedAt) return entry;
  const closed: Entry = {
    state: answer.class === 'stored' ? 'stored' : 'unavailable',
    version,
    since: askedAt,
    attempts: 0,
    at: askedAt,
    ...latest(entry?.covers, covers),
    ...(answer.isEarly === true && { early: true }),
    ...(answer.class === 'permanent' && { code: answer.code }),
  };
  // Asked later only by its own clock, for an earlier event: one more answer shows which of the two is newer.
  const isDoubtful =
    before?.at !== undefined &&
    answer.hasReplaced === true &&
    before.at < askedAt &&
    (before.covers ?? '') > (covers ?? '') &&
    Date.parse(askedAt) - Date.parse(before.at) <= CLOCK_SKEW_MS;
  if (isDoubtful) {
    const { covers: openedAt, ...reopened } = reopen(closed, now);
    return { ...reopened, nextAt: iso(now), ...(openedAt !== undefined && { openedAt }) };
  }
  // Another event has opened it since: only the request for that event, or a clearly later one, closes it.
  if (entry === undefined || !isOpen(entry)) return closed;
  const events = [entry.openedAt, entry.openedBefore];
  const isAnotherWaiting = events.some((event) => event !== undefined && !isAskedAfter(closed, event));
  return isAnotherWaiting ? entry : closed;
}

function latest(one: string | undefined, other: string | undefined): { covers?: string } {
  if (one === undefined && other === undefined) return {};
  return { covers: (one ?? '') > (other ?? '') ? (one ?? '') : (other ?? '') };
}

function notYet(entry: Entry, answer: Extract<Answered, { class: 'not-yet' }>, timing: Timing): Entry {
  const { now, times } = timing;
  const { code, job } = answer;
  const attempts = entry.attempts + 1;
  const { since, openedAt = since } = entry;
  // A result that an event has announced again is as new as the event.
  const age = now - Date.parse(openedAt > since ? openedAt : since);
  if (entry.state === 'probe') return probedTooEarly(entry, answer, timing);
  const { refusals: _, refusedSince: __, job: ___, jobAt: ____, jobCovers: _____, ...kept } = entry;
  if (age > times.year) {
    const { nextAt: _nextAt, ...expired } = kept;
    return { ...expired, state: 'expired', since, attempts, code };
  }
  const wait = age > times.horizon ? times.month : backoff(times.min, attempts, longestWait(answer, times));
  return {
    ...kept,
    state: 'pending',
    since,
    attempts,
    code,
    nextAt: iso(now + wait),
    ...(job !== undefined && jobOf(entry, job, answer)),
    ...(code === PARTIAL && { partialSince: entry.partialSince ?? iso(now) }),
  };
}

/** A job lives for a day only; the remaining pages are asked for as fast as Ocrolus allows. */
function longestWait({ code, job }: Extract<Answered, { class: 'not-yet' }>, times: Times): number {
  if (code === PAGES_LEFT) return times.min;
  return job === undefined ? times.max : Math.min(times.job, times.max);
}

/** A new job was started with the events in hand, so that it is what they ask for. */
function jobOf(entry: Entry, job: string, { askedAt, covers }: Answered) {
  if (entry.job === job) {
    const { jobAt, jobCovers } = entry;
    return { job, ...(jobAt !== undefined && { jobAt }), ...(jobCovers !== undefined && { jobCovers }) };
  }
  if (covers === undefined) return { job, jobAt: askedAt };
  return { job, jobAt: askedAt, jobCovers: covers, ...openedBy(entry, covers) };
}

/**
 * A probe that is answered "not yet" is repeated after an hour, doubling up to a day, until the time of the last probe.
 * It does not become an open entry: a book that never gets the result would never be complete (docs/decisions/0018).
 */
function probedTooEarly(
  entry: Entry,
  answer: Extract<Answered, { class: 'not-yet' }>,
  { now, times }: Timing,
): Entry {
  const { code, askedAt, job } = answer;
  const attempts = entry.attempts + 1;
  const { job: before, jobAt: _, jobCovers: __, ...kept } = entry;
  const end = Date.parse(entry.since) + (times.probes.at(-1) ?? 0);
  // The last probe may have started a job; another one is not waited for.
  const isJobAwaited = job !== undefined && (before === undefined || before === job);
  if (now >= end && !isJobAwaited) {
    const { nextAt: ___, ...ended } = kept;
    return { ...ended, state: 'unavailable', attempts, code, at: askedAt };
  }
  const next = { ...kept, attempts, code, refusals: 0 };
  if (job !== undefined) {
    const nextAt = iso(now + backoff(times.min, attempts, times.job));
    return { ...next, nextAt, ...jobOf(entry, job, answer) };
  }
  return { ...next, nextAt: iso(Math.min(now + backoff(times.canary, attempts, times.probes[0] ?? 0), end)) };
}

function refused(
  entry: Entry,
  { code, askedAt }: Extract<Answered, { class: 'refused' }>,
  timing: Timing,
): Entry {
  const { now, times } = timing;
  const attempts = entry.attempts + 1;
  const { job: _, jobAt: __, jobCovers: ____, ...kept } = entry;
  const refusals = (entry.refusals ?? 0) + 1;
  if (entry.state === 'probe') {
    const { nextAt: _nextAt, ...ended } = kept;
    if (refusals >= PROBES) return { ...ended, state: 'unavailable', attempts, code, at: askedAt };
    return { ...kept, attempts, refusals, code, nextAt: nextProbe(entry, refusals, timing) };
  }
  const refusedSince = entry.refusedSince ?? iso(now);
  const isExpired = refusals >= REFUSALS_BEFORE_EXPIRY && now - Date.parse(refusedSince) > times.horizon;
  const { nextAt: ___, ...rest } = kept;
  if (isExpired) return { ...rest, state: 'expired', attempts, refusals, refusedSince, code };
  const nextAt = iso(now + backoff(times.min, refusals, times.max));
  return { ...rest, state: 'wanted', attempts, refusals, refusedSince, code, nextAt };
}

/** Probes are counted from `since`, which is when the book was finished; one that was late is not followed at once. */
function nextProbe(entry: Entry, attempts: number, { now, times }: Timing): string {
  const wait = times.probes[Math.min(attempts, times.probes.length - 1)] ?? times.month;
  return iso(Math.max(Date.parse(entry.since) + wait, now + (times.probes[0] ?? times.month)));
}

function suppressed(entry: Entry, { now, times }: Timing): Entry {
  if (entry.state === 'probe') return { ...entry, nextAt: iso(now + times.max) };
  const attempts = entry.attempts + 1;
  return {
    ...entry,
    state: 'wanted',
    attempts,
    code: entry.code ?? 'circuit-open',
    nextAt: iso(now + backoff(times.min, attempts, times.max)),
  };
}
