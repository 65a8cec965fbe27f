import { DELETED } from '../events/statuses.ts';
import { NOT_SERVED } from './circuit-state.ts';
import type { Entries } from './entry.ts';
import type { Timing } from './times.ts';

/** What decides, in addition to its plan, when a book is polled next. */
export interface ScheduledBook {
  readonly status?: string | undefined;
  readonly createdAt: string;
  readonly changedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  readonly complete?: boolean | undefined;
  readonly hold?: { readonly until: string } | undefined;
  readonly entries: Entries;
}

/** The longer a book has not changed, the less often it is polled: after a quarter of that time, within bounds. */
const AGE_SHARE = 4;
/** A finished book is polled from an hour after its end (with the default minimum), at most once a day. */
const ENDED_FACTOR = { min: 12, max: 4 };

/**
 * When to poll a book next (docs/design.md#the-poller), with a tenth of jitter, so that books of one hour spread
 * out.
 *
 * @param plannedAt when something of its checklist is to be asked for, in Unix milliseconds.
 * @param timing `random`: 0 to 1.
 * @returns Unix milliseconds, or `undefined`: not polled again until an event makes it due.
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
  // An incomplete book may become complete, and a product may become part of the contract.
  if (book.complete === false) return times.month;
  return Object.values(book.entries).some(({ code }) => code === NOT_SERVED) ? times.month : undefined;
}

/** Whether a book that is unfinished or incomplete has not changed for the horizon. */
export function isStuck(book: ScheduledBook, { now, times }: Timing): boolean {
  if (book.status === DELETED || book.complete === true) return false;
  return now - Date.parse(book.changedAt ?? book.createdAt) > times.horizon;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
