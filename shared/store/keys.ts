import { createHash } from 'node:crypto';
import type { ResultKind } from '../events/catalog.ts';
import type { BookItem } from './items.ts';

/** Sort keys of the table (design section 7, contract). The partition key `bookId`: see `bookIdOf`. */
export const BOOK_ITEM = 'BOOK';
export const DOCUMENT_PREFIX = 'DOC#';
export const RESULT_PREFIX = 'RESULT#';
export const EVENT_PREFIX = 'EVENT#';
export const WAIT_PREFIX = 'WAIT#';

export const documentItem = (docUuid: string) => `${DOCUMENT_PREFIX}${docUuid}`;

export const resultItem = (kind: ResultKind, subject: string) => `${RESULT_PREFIX}${kind}#${subject}`;

/** @param receivedAt ISO 8601 with milliseconds, so that the ledger sorts by time. */
export const eventItem = (receivedAt: string, deliveryId: string) =>
  `${EVENT_PREFIX}${receivedAt}#${deliveryId}`;

export const waitItem = (channel: string, subject: string) => `${WAIT_PREFIX}${channel}#${subject}`;

export const DUE_INDEX = 'due';

/** What the poller sees of a book without reading the book: at most 20 attributes (AWS: DynamoDB quotas). */
export const DUE_ATTRIBUTES = [
  'bookUuid',
  'bookPk',
  'account',
  'name',
  'status',
  'generation',
  'observedAt',
  'capture',
  'analytics',
  'detect',
  'income',
  'completed',
  'expected',
  'verifiedAt',
  'waiting',
  'poll',
  'documents',
  'createdAt',
  'settledAt',
] as const satisfies readonly (keyof BookItem)[];

/** Partitions of the `due` index: one partition carries 1,000 writes a second (AWS: DynamoDB quotas). */
export const DUE_SHARDS = ['0', '1', '2', '3'] as const;

export function dueShard(bookId: string): string {
  const first = createHash('sha256').update(bookId).digest()[0] ?? 0;
  return DUE_SHARDS[first % DUE_SHARDS.length] ?? DUE_SHARDS[0];
}
