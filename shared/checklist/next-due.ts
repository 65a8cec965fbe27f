import { DELETED } from '../events/statuses.ts';
import { NOT_SERVED } from './circuit-state.ts';
import type { Entries } from './entry.ts';
import type { Timing } from './times.ts';

/** What of a book decides when the poller looks at it next, besides its plan. */
export interface ScheduledBook {
  readonly status?: string | undefined;
  readonly createdAt: string;
  readonly changedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  readonly complete?: boolean | undefined;
  readonly hold?: { readonly until: string } | undefined;
  readonly entries: Entries;
}

/** The longer a book has not moved, the rarer it is polled: after a quarter of that time, within bounds. */
const AGE_SHARE = 4;
/** A finished book is polled from an hour after on (with the default minimum), at most every day. */
const ENDED_FACTOR = { min: 12, max: 4 };

/**
 * When to poll a book next (docs/design.md#the-poller), with a tenth of jitter so that books of one hour do not stay
 * together.
 *
 * @param plannedAt when something of its checklist is to be asked for, in Unix milliseconds.
 * @param timing `random`: 0 to 1.
 * @returns Unix milliseconds, or `undefined`: not again, until an event makes it due.
 */
export function nextDue(
  book: ScheduledBook,
  plannedAt: number | undefined,
  timing: Timing & { readonly random: number },
): number | undefined {
  const { now, times, random } = timing;
  const isDeleted = book.status === DELETED;
  const wait = isDeleted ? undefined : regularWait(book, timing);
  const held = book.hold === undefined ? undefined : Date.parse(book.hold.until);
  const candidates = [
    wait === undefined ? undefined : now + wait * (0.9 + random / 5),
    plannedAt,
    held !== undefined && held > now ? held : undefined,
  ].filter((at) => at !== undefined);
  return candidates.length === 0 ? undefined : Math.max(Math.min(...candidates), now + times.min / 10);
}

function regularWait(book: ScheduledBook, { now, times }: Timing): number | undefined {
  const age = Math.max(0, now - Date.parse(book.changedAt ?? book.createdAt));
  if (age > times.year) return undefined;
  if (book.endedAt === undefined) {
    return age > times.horizon ? times.month : clamp(age / AGE_SHARE, times.min, times.max);
  }
  if (age <= times.horizon) return clamp(age, times.min * ENDED_FACTOR.min, times.max * ENDED_FACTOR.max);
  // What is not complete may become so; a product that was not part of the contract, too.
  if (book.complete === false) return times.month;
  return Object.values(book.entries).some(({ code }) => code === NOT_SERVED) ? times.month : undefined;
}

/** Whether a book that is not finished, or that lacks something, has not moved for the horizon. */
export function isStuck(book: ScheduledBook, { now, times }: Timing): boolean {
  if (book.status === DELETED || book.complete === true) return false;
  return now - Date.parse(book.changedAt ?? book.createdAt) > times.horizon;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
