import { DELETED } from '../events/statuses.ts';
import type { Timing } from './times.ts';

/** Attributes that decide when a book is looked at, whether or not anything in it is due. */
export interface ScheduledBook {
  readonly status?: string | undefined;
  readonly createdAt: string;
  readonly changedAt?: string | undefined;
  /** Last comparison with Book status. Absent: just now. */
  readonly observedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  readonly complete?: boolean | undefined;
}

/** A look that is early by this factor counts as on time. */
const EARLY = 1.15;

/**
 * Time of the next look at a book in which nothing is due (docs/design.md#the-poller). An active book waits half of
 * the time since it last changed, a finished one longer each time; after the horizon, looks are monthly for a year,
 * unless the book is complete. A tenth of jitter spreads books of the same hour.
 *
 * @param timing `random`: 0 to 1.
 * @returns Unix milliseconds, or `undefined`: no look until an event makes the book due.
 */
export function nextLook(
  book: ScheduledBook,
  timing: Timing & { readonly random: number },
): number | undefined {
  const wait = regularWait(book, timing);
  return wait === undefined ? undefined : timing.now + wait * (0.9 + timing.random / 5);
}

function regularWait(book: ScheduledBook, { now, times }: Timing): number | undefined {
  const changedAt = Date.parse(book.changedAt ?? book.createdAt);
  const age = Math.max(0, now - changedAt);
  if (book.status === DELETED || age > times.year) return undefined;
  if (book.endedAt === undefined) return age > times.horizon ? times.month : unfinishedWait(age, times);
  // Counted from the last comparison: an event in between replaces no look.
  const seen = book.observedAt === undefined ? age : Math.max(0, Date.parse(book.observedAt) - changedAt);
  const next = times.finishedLooks.find((look) => look > seen * EARLY && look <= times.horizon * EARLY);
  if (next !== undefined) return Math.max(next - age, 0);
  return age > times.horizon && book.complete === true ? undefined : times.month;
}

function unfinishedWait(age: number, { min, max }: Timing['times']): number {
  return Math.min(Math.max(age / 2, min), max);
}

/** True if an unfinished or incomplete book has not changed for the horizon. */
export function isStuck(book: ScheduledBook, { now, times }: Timing): boolean {
  if (book.status === DELETED || book.complete === true) return false;
  return now - Date.parse(book.changedAt ?? book.createdAt) > times.horizon;
}
