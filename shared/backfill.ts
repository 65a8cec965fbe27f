import * as z from 'zod';
import { isoTime } from './iso-time.ts';
import { Place } from './ocrolus/book-list.ts';

/** The books of an account's list that were created within a time, or whose pk is in a range; both ends are included. */
export const BackfillRange = z.object({
  fromTime: isoTime.optional(),
  toTime: isoTime.optional(),
  fromPk: z.string().optional(),
  toPk: z.string().optional(),
});

export type BackfillRange = z.infer<typeof BackfillRange>;

/** What `ops backfill` asks the poller: one part of an account's list. */
export const BackfillRequest = z.object({
  mode: z.literal('backfill'),
  account: z.string(),
  range: BackfillRange,
  place: Place,
  /** When the first of these books becomes due. */
  dueFrom: isoTime,
  /** `false`: the books are counted only. */
  write: z.boolean(),
});

export type BackfillRequest = z.infer<typeof BackfillRequest>;

/** What becomes of the books of one part. */
export const BackfillCounts = z.object({
  /** They were not stored, and are fetched. */
  unknown: z.int(),
  /** They are stored, and are compared with Ocrolus again. */
  again: z.int(),
  /** They are stored, and will be polled already. */
  waiting: z.int(),
  /** They were compared within the last day, are deleted, or are forgotten. */
  left: z.int(),
});

export type BackfillCounts = z.infer<typeof BackfillCounts>;

/** The poller's answer. */
export const BackfillReport = z.object({
  counts: BackfillCounts,
  /** Calls to Ocrolus that polling and fetching these books takes, estimated. */
  calls: z.int(),
  /** When the next book becomes due: at the stage's rate limit, these are fetched by then. */
  dueUntil: isoTime,
  /** Where the next part begins; `null` after the last. */
  next: Place.nullable(),
  /** The code with which Ocrolus did not list the rest; `next` is where to go on. */
  problem: z.string().nullable(),
});

export type BackfillReport = z.infer<typeof BackfillReport>;
