import { BOOK_ITEM, DOCUMENT_PREFIX, EVENT_PREFIX, RESULT_PREFIX } from '../../../shared/store/keys.ts';
import {
  nothingRemoved,
  type RemovedData,
  removeBookData,
} from '../../../shared/store/removal/remove-book-data.ts';
import { markForgotten } from '../../../shared/store/removal/tombstones.ts';
import type { Table } from '../../../shared/store/table.ts';
import { iso } from '../../../shared/time.ts';
import type { Target } from '../target.ts';
import { removeDeadLetters } from './dead-letters.ts';
import { removeEventsWithoutBook } from './events-without-book.ts';
import type { BookToForget } from './find-book.ts';
import { readNames } from './names.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Longer than any function runs. The poller removes what running ones write later (docs/decisions/0019). */
const IN_FLIGHT_MS = 15 * MINUTE_MS;

/** Age of DynamoDB's oldest recovery point (AWS: point-in-time recovery). */
const RECOVERABLE_MS = 35 * DAY_MS;

/** Counts of the removed data; ids and times only. */
export interface ForgetReport {
  readonly bookUuid: string | null;
  readonly bookPk: string | null;
  /** Time at which it was first forgotten. `null`: a dry run. */
  readonly forgottenAt: string | null;
  readonly removed: RemovedData & { readonly deadLetters: number };
  /** Time after which no function that was running when it was forgotten can write any more. */
  readonly inFlightUntil: string | null;
  /** Time until which point-in-time recovery holds the removed data. `null`: nothing was removed from the table. */
  readonly recoverableUntil: string | null;
  readonly dryRun: boolean;
}

export interface ForgetOptions {
  readonly isPreview: boolean;
  readonly signal: AbortSignal;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Removes a book's data permanently. The tombstones come first, so that nothing is stored from then on. The items
 * with its ids come last, so that a removal can be killed at any point and run again (docs/decisions/0019).
 */
export async function forgetBook(
  target: Pick<Target, 'sqs' | 'queues' | 'bodies'> & { readonly table: Table },
  book: BookToForget,
  { isPreview, signal, now }: ForgetOptions,
): Promise<ForgetReport> {
  const { table, bodies } = target;
  const { bookUuid, bookPk, account, partitions } = book;
  const writer = { account, source: 'webhook', now: now() } as const;
  let forgottenAt: string | null = null;
  for (const bookId of isPreview ? [] : partitions) {
    const marked = await markForgotten(table, bookId, { bookUuid, bookPk }, writer);
    forgottenAt ??= marked.forgottenAt;
  }
  const names = await readNames(table, book);
  const removed = nothingRemoved();
  const deadLetters = await removeDeadLetters(target, names, { removed, isPreview, signal });
  await removeEventsWithoutBook(table, bodies, names, { removed, isPreview });
  for (const bookId of partitions) {
    if (isPreview) await count(table, bookId, removed);
    else await removeBookData(table, bodies, bookId, removed);
  }
  const { documents, results, payloads, others } = removed;
  const isTableChanged = documents + results + payloads + others > 0;
  return {
    bookUuid: bookUuid ?? null,
    bookPk: bookPk ?? null,
    forgottenAt,
    removed: { ...removed, deadLetters },
    inFlightUntil: forgottenAt === null ? null : iso(Date.parse(forgottenAt) + IN_FLIGHT_MS),
    recoverableUntil: isPreview || !isTableChanged ? null : iso(now() + RECOVERABLE_MS),
    dryRun: isPreview,
  };
}

/** Counts the data to remove. Objects are counted by the items that point to them. */
async function count(table: Table, bookId: string, removed: RemovedData): Promise<void> {
  const attributes = ['item', 'payload', 'reason', 's3'];
  for await (const { item, payload, reason, s3 } of table.query({ bookId, attributes })) {
    const key = String(item);
    if (key === BOOK_ITEM) continue;
    const pointer = key.startsWith(EVENT_PREFIX) ? payload : s3;
    if (typeof pointer === 'object' && pointer !== null && 'bucket' in pointer) removed.objects += 1;
    if (key.startsWith(DOCUMENT_PREFIX)) removed.documents += 1;
    else if (key.startsWith(RESULT_PREFIX)) removed.results += 1;
    else if (!key.startsWith(EVENT_PREFIX)) removed.others += 1;
    else if (payload !== undefined || reason !== undefined) removed.payloads += 1;
  }
}
