import { DOCUMENT_KINDS } from '../checklist/kinds.ts';
import { nextDue } from '../checklist/next-due.ts';
import type { Plan } from '../checklist/plan.ts';
import { progressOf } from '../checklist/progress.ts';
import { backoff, type Times, type Timing } from '../checklist/times.ts';
import type { ResultKind } from '../events/catalog.ts';
import { DELETED, NOT_FOUND } from '../events/statuses.ts';
import { type Book, dueBy } from '../store/books.ts';
import { dueShard } from '../store/keys.ts';
import { iso } from '../time.ts';

/** `later`: the queues are too deep now. `nothing`: nothing may be asked for now. */
export type SendOutcome = 'sent' | 'later' | 'nothing';

/** The book with its plan applied. */
export function withPlan(
  book: Book,
  planned: Plan,
  state: {
    readonly policy: string;
    readonly mayComplete: boolean;
    readonly hasSeenDocuments: boolean;
    readonly now: number;
  },
): Book {
  const { policy, mayComplete, hasSeenDocuments, now } = state;
  const { generation, digest } = book;
  const isGone = book.status === DELETED || book.status === NOT_FOUND || book.observedAt === undefined;
  const isHeld = book.hold !== undefined && book.hold.until > iso(now);
  // Results of documents that were missing stay so while the documents are not compared.
  const ofDocuments: readonly ResultKind[] = [...DOCUMENT_KINDS, 'signals'];
  const unseen = hasSeenDocuments ? [] : (book.open ?? []).filter((kind) => ofDocuments.includes(kind));
  const open = [...new Set([...planned.open, ...unseen])].sort();
  const complete = book.endedAt !== undefined && mayComplete && planned.open.length === 0 && !isHeld;
  return {
    ...book,
    ...progressOf(planned.entries, generation),
    ...captureOf(book, open, hasSeenDocuments, now),
    entries: planned.entries,
    settled: mayComplete && digest !== undefined ? { digest, generation, policy } : undefined,
    open: isGone ? undefined : open,
    complete: isGone ? undefined : complete,
    completeAt: complete ? (book.completeAt ?? iso(now)) : undefined,
  };
}

/** Whether every document has its forms and transactions, as far as the documents were compared. */
function captureOf(book: Book, open: readonly ResultKind[], hasSeenDocuments: boolean, now: number) {
  if (book.endedAt === undefined) return {};
  const isMissing = DOCUMENT_KINDS.some((kind) => open.includes(kind));
  const state =
    hasSeenDocuments && !isMissing ? 'complete' : isMissing ? 'partial' : (book.capture?.state ?? 'partial');
  return { capture: book.capture?.state === state ? book.capture : { state, at: iso(now) } };
}

/** The messages of a round have until its end to be processed before they are sent again. */
export function withRound(book: Book, sending: SendOutcome | undefined, { now, times }: Timing): Book {
  const { digest = '', round } = book;
  if (sending !== 'sent') {
    // A deep queue empties within minutes; an open circuit allows one call an hour.
    const wait = sending === 'later' ? times.min : times.canary;
    return { ...book, round: { count: 0, ...round, digest, nextAt: iso(now + wait) } };
  }
  const count = (round?.digest === digest ? round.count : 0) + 1;
  const nextAt = iso(now + backoff(times.grace, count, longestRound(book, times)));
  return { ...book, round: { digest, count, sentAt: iso(now), nextAt } };
}

/** Rounds that are far apart would miss the result of a job. */
function longestRound({ entries, generation }: Book, times: Times): number {
  const hasJob = Object.values(entries).some(
    ({ version, job }) => version === generation && job !== undefined,
  );
  return hasJob ? Math.min(times.job, times.max) : times.max;
}

export function afterSending(planned: Plan, { round }: Book): number | undefined {
  if (planned.nextAt === undefined) return undefined;
  return Math.max(planned.nextAt, Date.parse(round?.nextAt ?? '') || 0);
}

/**
 * The book with its next poll.
 *
 * @param isFull whether its documents were compared too: otherwise the poll that is planned already stays.
 */
export function withSchedule(
  book: Book,
  plannedAt: number | undefined,
  isFull: boolean,
  { now, times, random }: Timing & { readonly random: () => number },
): Book {
  if (!isFull) return plannedAt === undefined ? book : dueBy(book, Math.max(plannedAt, now));
  const at = nextDue(book, plannedAt, { now, times, random: random() });
  if (at === undefined) return { ...book, dueAt: undefined, dueShard: undefined };
  return { ...book, dueAt: iso(at), dueShard: dueShard(book.bookId) };
}
