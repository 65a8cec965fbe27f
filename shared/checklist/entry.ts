import * as z from 'zod';
import type { ResultKind, Want } from '../events/result-kinds.ts';
import { isoTime } from '../iso-time.ts';
import { iso } from '../time.ts';

/**
 * One result that a book or a document should have: two numbers that only grow.
 *
 * - A *mark* (`wanted`) says that the result may be new. It is raised before anything is asked.
 * - A request carries the mark that was read before it. Its answer counts for that mark (`answered`) and no later one.
 *
 * The entry is open while `answered < wanted`, and nothing else opens or closes it. So the order of events, duplicates and
 * crashes make no difference: what was marked in between is asked for again (docs/design.md#one-rule).
 */
export interface Entry {
  /** The last mark, in Unix milliseconds; 0: never marked. Compared with `answered` only, never with a clock. */
  readonly wanted: number;
  /** The mark of the request whose answer is kept; 0: there is none, or nothing had marked it. */
  readonly answered: number;
  /** That answer: `stored`, or `unavailable`. A later version may know others. */
  readonly state?: string | undefined;
  /** When its request started. */
  readonly at?: string | undefined;
  /** Its code; of an open entry, the code of the last request that brought nothing. */
  readonly code?: string | undefined;
  /** The mark for which `nextAt` is the next time to ask. An open entry with a later mark is asked for at once. */
  readonly tried?: number | undefined;
  /** Requests for that mark that brought nothing, and since when. 0: it waits for `nextAt`, and nothing has asked yet. */
  readonly tries?: number | undefined;
  readonly since?: string | undefined;
  /** When it is asked for; of a closed entry, as a probe. Absent from an open one that was tried: it is no longer asked for. */
  readonly nextAt?: string | undefined;
  readonly job?: Job | undefined;
}

/** An asynchronous job of Ocrolus. Its result answers the request that started it. */
export interface Job {
  /** Absent after it has failed, until another one is started. */
  readonly id?: string | undefined;
  readonly wanted: number;
  /** When that request started. */
  readonly at: string;
  /** How many jobs for this mark have failed. */
  readonly failures?: number | undefined;
}

/** Attributes that a later version adds are kept. */
export const Entry: z.ZodType<Entry> = z.looseObject({
  wanted: z.number(),
  answered: z.number(),
  state: z.string().optional(),
  at: isoTime.optional(),
  code: z.string().optional(),
  tried: z.number().optional(),
  tries: z.number().optional(),
  since: isoTime.optional(),
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

/** Entries by kind, or by `kind#subject` where the subject is not the book itself. */
export type Entries = Readonly<Record<string, Entry>>;

/** An entry that nothing has written yet. */
export const NO_ENTRY: Entry = { wanted: 0, answered: 0 };

/** The name of an entry of a book. */
export function entryName({ kind, subject }: Want, bookId: string): string {
  return subject === bookId ? kind : `${kind}#${subject}`;
}

/** Whether an entry of a book is that of a request or a business, by its name. */
export function isOfSubject(name: string): boolean {
  return name.includes('#');
}

/** The opposite of {@link entryName}. */
export function wantOf(name: string, bookId: string): Want {
  const at = name.indexOf('#');
  if (at < 0) return { kind: name as ResultKind, subject: bookId };
  return { kind: name.slice(0, at) as ResultKind, subject: name.slice(at + 1) };
}

/** The entry with the mark of an event: its result may be new. @param now Unix milliseconds. */
export function mark(entry: Entry = NO_ENTRY, now: number): Entry {
  return { ...entry, wanted: Math.max(Math.floor(now), entry.wanted + 1) };
}

/**
 * The entry with a mark that is not asked for before `at` (Unix milliseconds): an event may announce the result first. One that an
 * event has announced, and that nothing has asked for since, stays due. One that waits already keeps its time, if that is still far
 * enough for an event to come first: many marks in a row must not postpone it for ever.
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
