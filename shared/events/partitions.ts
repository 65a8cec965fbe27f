/** Partitions of the table that do not belong to a book. No id of Ocrolus may be one of them. */
export const OWN_PARTITIONS = {
  /** Of events that name no book, and of results whose book is not known. */
  account: 'account',
  circuits: 'circuit',
  poller: 'poller',
  rateLimits: 'limiter',
} as const;

/** Of a book of which only the pk is known, before the pk. */
export const PK_PREFIX = 'pk-';

/** Whether an id would name one of these partitions instead of a book's. */
export function isOwnPartition(id: string): boolean {
  return id.startsWith(PK_PREFIX) || Object.values<string>(OWN_PARTITIONS).includes(id);
}
