import * as z from 'zod';
import type { ResultKind } from '../events/catalog.ts';
import type { Want } from '../events/envelope.ts';
import { isoTime } from '../iso-time.ts';

/**
 * One result that a book or a document should have, and its state (docs/design.md#the-checklist).
 *
 * - `probe`: never announced; asked for at `nextAt` in case the announcement was lost. Not an open entry.
 * - `wanted`: not asked for yet, or being retried.
 * - `pending`: Ocrolus answered "not yet".
 * - `stored`, `unavailable` (Ocrolus said something permanent about the data, see `code`).
 * - `expired`: refused for so long that it is no longer asked for.
 */
export const Entry = z.object({
  state: z.enum(['probe', 'wanted', 'pending', 'stored', 'unavailable', 'expired']),
  /** The book's generation, or the document's version, that the entry belongs to. Another one makes the entry void. */
  version: z.int(),
  /** Since when it has been open, or when it was closed. */
  since: isoTime,
  /** How often it was asked for while open. */
  attempts: z.int(),
  /** When it is asked for next; only while open. */
  nextAt: isoTime.optional(),
  /** The code of the last answer that brought no result. */
  code: z.string().optional(),
  /** When the request started whose answer is stored. */
  at: isoTime.optional(),
  /** The event that wants it (its `receivedAt`); only a request made for it, or clearly later, closes the entry. */
  openedAt: isoTime.optional(),
  /** Another event that wants it, within seconds of that: the clocks of the Lambdas that received them may differ. */
  openedBefore: isoTime.optional(),
  /** The latest event (its `receivedAt`) that was in hand when the stored answer was asked for. */
  covers: isoTime.optional(),
  /** It was closed by an answer that was asked for before the book, or the document, was known to be finished. */
  early: z.boolean().optional(),
  /** Refusals in a row, and since when. */
  refusals: z.int().optional(),
  refusedSince: isoTime.optional(),
  /** Since when Ocrolus has answered without some part of the result. */
  partialSince: isoTime.optional(),
  /** The asynchronous job of Ocrolus that computes it, and when it was started: its result is as old as that. */
  job: z.string().optional(),
  jobAt: isoTime.optional(),
  /** The latest event (its `receivedAt`) that was in hand when the job was started. */
  jobCovers: isoTime.optional(),
});

export type Entry = z.infer<typeof Entry>;

/** Entries by kind, or by `kind#subject` where the subject is not the book itself. */
export type Entries = Readonly<Record<string, Entry>>;

/** The name of an entry of a book. */
export function entryName({ kind, subject }: Want, bookId: string): string {
  return subject === bookId ? kind : `${kind}#${subject}`;
}

/** Whether an entry is of a request or a business instead of the book itself. */
export function isNamedEntry(name: string): boolean {
  return name.includes('#');
}

/** The opposite of {@link entryName}. */
export function wantOf(name: string, bookId: string): Want {
  const [kind = '', subject] = splitOnce(name, '#');
  return { kind: kind as ResultKind, subject: subject ?? bookId };
}

/** Still to be asked for. */
export function isOpen(entry: Entry | undefined): boolean {
  return entry?.state === 'wanted' || entry?.state === 'pending';
}

/** Stored, or permanently unavailable. */
export function isClosed(entry: Entry | undefined): boolean {
  return entry?.state === 'stored' || entry?.state === 'unavailable';
}

/** Closed by an answer that may be from before the book, or the document, was finished. */
export function isClosedEarly(entry: Entry | undefined): boolean {
  return isClosed(entry) && entry?.early === true;
}

/** Missing, whether or not it is still asked for. */
export function isMissing(entry: Entry | undefined): boolean {
  return isOpen(entry) || entry?.state === 'expired';
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
