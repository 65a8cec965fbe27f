import type { EventIds } from './envelope.ts';

export type { EventIds } from './envelope.ts';

/** Partitions of the table that do not belong to a book. No id of Ocrolus may have one of these names. */
export const OWN_PARTITIONS = {
  /** Events that name no book, and results whose book is unknown. */
  account: 'account',
  circuits: 'circuit',
  poller: 'poller',
  rateLimits: 'limiter',
} as const;

/** Partition-key prefix for a book known only by its pk. */
const PK_PREFIX = 'pk-';

/** True if an id would name one of these partitions instead of a book's. */
export function isOwnPartition(id: string): boolean {
  return id.startsWith(PK_PREFIX) || Object.values<string>(OWN_PARTITIONS).includes(id);
}

/**
 * The partition key of a book: its uuid, `pk-<number>` while only the pk is known, `account` for an event
 * without a book (docs/data-model.md).
 */
export function bookIdOf(ids: Pick<EventIds, 'bookUuid' | 'bookPk'>): string {
  if (ids.bookUuid !== undefined) return ids.bookUuid;
  return ids.bookPk === undefined ? OWN_PARTITIONS.account : `${PK_PREFIX}${ids.bookPk}`;
}

/** True if the partition is that of a book known only by its pk. */
export function isPkOnly(bookId: string): boolean {
  return bookId.startsWith(PK_PREFIX);
}

/** Pk in the name of a partition; `undefined` for the partition of a uuid. */
export function pkOf(bookId: string): string | undefined {
  return isPkOnly(bookId) ? bookId.slice(PK_PREFIX.length) : undefined;
}
