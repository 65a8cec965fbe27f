import * as z from 'zod';
import type { ResultKind, Want } from '../events/result-kinds.ts';
import { isoTime } from '../json/iso-time.ts';
import { iso } from '../time.ts';

/**
 * One result that a book or a document should have: two numbers that only grow.
 *
 * - A *mark* (`wanted`) says that the result may be new. It is raised before anything is asked.
 * - A request carries the mark that was read before it. Its answer counts for that mark (`answered`) and no later
 *   one.
 *
 * The entry is open while `answered < wanted`, and nothing else opens or closes it. So the order of events,
 * duplicates and crashes make no difference: a result marked in between is asked for again (docs/design.md#one-rule).
 */
export interface Entry {
  /** Last mark, in Unix milliseconds; 0: never marked. Compared with `answered` only, never with a clock. */
  readonly wanted: number;
  /** Mark of the request whose answer is kept; 0: no answer, or a request without a mark. */
  readonly answered: number;
  /** Outcome of that answer: `stored` or `unavailable`. A later version may add others. */
  readonly state?: string | undefined;
  /** Start of that request. */
  readonly at?: string | undefined;
  /** Code of that answer; in an open entry, of the last unsuccessful request. */
  readonly code?: string | undefined;
  /** Mark that `nextAt` belongs to. An open entry with a later mark is asked for at once. */
  readonly tried?: number | undefined;
  /** Unsuccessful requests for that mark, and the time of the first. 0: none yet; the entry waits for `nextAt`. */
  readonly tries?: number | undefined;
  readonly since?: string | undefined;
  /** Time of the first of the failed requests (`failed`), if the last one failed, too. */
  readonly failedSince?: string | undefined;
  /** Next request, or probe of a closed entry. An open entry with `tried` but without this is no longer asked for. */
  readonly nextAt?: string | undefined;
  readonly job?: Job | undefined;
}

/** An asynchronous job of Ocrolus. Its result answers the request that started it. */
export interface Job {
  /** Absent from the failure of a job to the start of the next. */
  readonly id?: string | undefined;
  readonly wanted: number;
  /** Start of that request. */
  readonly at: string;
  /** Number of failed jobs for this mark. */
  readonly failures?: number | undefined;
}

/** Keeps attributes that a later version adds. */
export const Entry: z.ZodType<Entry> = z.looseObject({
  wanted: z.number(),
  answered: z.number(),
  state: z.string().optional(),
  at: isoTime.optional(),
  code: z.string().optional(),
  tried: z.number().optional(),
  tries: z.number().optional(),
  since: isoTime.optional(),
  failedSince: isoTime.optional(),
  nextAt: isoTime.optional(),
  job: z
    .looseObject({
      id: z.string().optional(),
      wanted: z.number(),
      at: isoTime,
      failures: z.number().optional(),
    })
    .optional(),
});

/** Entries by kind, or by `kind#subject` if the subject is not the book itself. */
export type Entries = Readonly<Record<string, Entry>>;

/** An entry that was never written. */
export const NO_ENTRY: Entry = { wanted: 0, answered: 0 };

/** The name of an entry of a book. */
export function entryName({ kind, subject }: Want, bookId: string): string {
  return subject === bookId ? kind : `${kind}#${subject}`;
}

/** True if this is the name of an entry of a request or a business. */
export function isOfSubject(name: string): boolean {
  return name.includes('#');
}

/** Inverse of {@link entryName}. */
export function wantOf(name: string, bookId: string): Want {
  const at = name.indexOf('#');
  if (at < 0) return { kind: name as ResultKind, subject: bookId };
  return { kind: name.slice(0, at) as ResultKind, subject: name.slice(at + 1) };
}

/** Marks an entry: its result may be new. @param now Unix milliseconds. */
export function mark(entry: Entry = NO_ENTRY, now: number): Entry {
  return { ...entry, wanted: Math.max(Math.floor(now), entry.wanted + 1) };
}

/**
 * Marks an entry, to be asked for not before `at` (Unix milliseconds): an event may announce the result first. If an
 * event has announced it and nothing has asked since, it stays due. A time that it already waits for is kept while
 * more than half of the wait is left, so that repeated marks do not postpone the request forever.
 */
export function markFor(entry: Entry = NO_ENTRY, now: number, at: number): Entry {
  const { since: _, ...rest } = entry;
  const { wanted } = mark(entry, now);
  const { tried = 0, tries = 0, nextAt = '' } = entry;
  const isOpen = entry.answered < entry.wanted;
  if (isOpen && tried < entry.wanted) return { ...rest, wanted };
  const isWaiting = isOpen && tries === 0 && nextAt > iso((now + at) / 2);
  return {
    ...rest,
    wanted,
    tried: wanted,
    tries: 0,
    nextAt: isWaiting && nextAt < iso(at) ? nextAt : iso(at),
  };
}
