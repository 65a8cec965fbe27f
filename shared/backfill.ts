import * as z from 'zod';
import { isoTime } from './json/iso-time.ts';
import { Place } from './ocrolus/book-list.ts';

/** Range of an account's books, by creation time or by pk; both ends are included. */
export const BackfillRange = z.object({
  fromTime: isoTime.optional(),
  toTime: isoTime.optional(),
  fromPk: z.string().optional(),
  toPk: z.string().optional(),
});

export type BackfillRange = z.infer<typeof BackfillRange>;

/** Request of `ops backfill` to the poller, for one part of an account's list. */
export const BackfillRequest = z.object({
  mode: z.literal('backfill'),
  account: z.string(),
  range: BackfillRange,
  place: Place,
  /** Time at which the first of these books becomes due. */
  dueFrom: isoTime,
  /** `false` only counts the books. */
  write: z.boolean(),
});

export type BackfillRequest = z.infer<typeof BackfillRequest>;

/** Number of books in one part, by what happens to them. */
export const BackfillCounts = z.object({
  /** Not stored yet; are fetched. */
  unknown: z.int(),
  /** Stored; are compared with Ocrolus again. */
  again: z.int(),
  /** Stored, and due to be polled anyway. */
  waiting: z.int(),
  /** Left alone: compared within the last day, deleted, or forgotten. */
  left: z.int(),
});

export type BackfillCounts = z.infer<typeof BackfillCounts>;

/** The poller's answer. */
export const BackfillReport = z.object({
  counts: BackfillCounts,
  /** Estimated number of calls to Ocrolus for polling and fetching these books. */
  calls: z.int(),
  /** Time at which the next book becomes due; at the stage's rate limit, these are fetched by then. */
  dueUntil: isoTime,
  /** Start of the next part; `null` after the last. */
  next: Place.nullable(),
  /** Code with which Ocrolus did not list the rest; `next` is where to continue. */
  problem: z.string().nullable(),
});

export type BackfillReport = z.infer<typeof BackfillReport>;
