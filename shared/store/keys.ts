import { hash } from 'node:crypto';
import type { ResultKind } from '../events/result-kinds.ts';

/** Sort keys of the table (docs/data-model.md#items: a contract). For the partition key `bookId` see `bookIdOf`. */
export const BOOK_ITEM = 'BOOK';
export const DOCUMENT_PREFIX = 'DOC#';
export const RESULT_PREFIX = 'RESULT#';
export const EVENT_PREFIX = 'EVENT#';

/** Prefix of the attribute that holds an entry of the checklist, in its book or document. */
export const ENTRY_PREFIX = 'need#';

export const documentItem = (docUuid: string) => `${DOCUMENT_PREFIX}${docUuid}`;

export const resultItem = (kind: ResultKind, subject: string) => `${RESULT_PREFIX}${kind}#${subject}`;

/** Prefix of the results of a kind whose subject starts with `subject`. */
export const resultsOfKind = (kind: ResultKind, subject = '') => resultItem(kind, subject);

/** Prefix of the parts of a result of a book beside its main item: its images, or pages of one set or of all sets. */
export const pagesOf = (kind: ResultKind, bookId: string, set?: string) =>
  resultsOfKind(kind, set === undefined ? `${bookId}@` : `${bookId}@${set}@`);

/** @param receivedAt ISO 8601 with milliseconds, so that the ledger sorts by time. */
export const eventItem = (receivedAt: string, deliveryId: string) =>
  `${EVENT_PREFIX}${receivedAt}#${deliveryId}`;

/**
 * Partition of the ledger's index: one item for each partition that has entries of deliveries received in this hour.
 * Its name has a character that no id has. Shards as for the index `due`, for the same limit.
 *
 * @param receivedAt ISO 8601, of any time within the hour.
 */
export const ledgerIndex = (receivedAt: string, shard: string) =>
  `ledger#${receivedAt.slice(0, 13)}#${shard}`;

/** Sparse index with keys only: items that are due for the poller. */
export const DUE_INDEX = 'due';

/** Partitions of the `due` index with books to look at: one partition carries 1,000 writes a second (AWS: DynamoDB quotas). */
export const DUE_SHARDS = ['0', '1', '2', '3'] as const;

/** Shard of forgotten books, which the poller itself sweeps. */
export const FORGOTTEN_SHARD = 'forgotten';

export function dueShard(bookId: string): string {
  const first = hash('sha256', bookId, 'buffer')[0] ?? 0;
  return DUE_SHARDS[first % DUE_SHARDS.length] ?? DUE_SHARDS[0];
}

/** The prefix of all bodies of a book in the bucket. */
export function bodiesOf(bookId: string): string {
  return `results/${encodeURIComponent(bookId)}/`;
}

/** The key of a body whose content is not known yet. @param id unique. */
export function streamedKey(bookId: string, id: string, format: BodyFormat): string {
  return `${bodiesOf(bookId)}streamed/${id}${ENDINGS[format]}`;
}

/** The key of a body that is named by its content. */
export function bodyKey(bookId: string, { kind, subject, sha256 }: BodyName, format: BodyFormat): string {
  const name = [kind, subject, `${sha256}${ENDINGS[format]}`].map(encodeURIComponent).join('/');
  return `${bodiesOf(bookId)}${name}`;
}

interface BodyName {
  readonly kind: ResultKind;
  readonly subject: string;
  readonly sha256: string;
}

/** What a body is before gzip. */
export type BodyFormat = 'json' | 'file';

const ENDINGS: Readonly<Record<BodyFormat, string>> = { json: '.json.gz', file: '.gz' };
