import type { Bodies } from '../../../shared/store/bodies/result-bodies.ts';
import {
  nothingRemoved,
  type RemovedData,
  removeBookData,
} from '../../../shared/store/removal/remove-book-data.ts';
import { markForgotten } from '../../../shared/store/removal/tombstones.ts';
import type { Key, Table } from '../../../shared/store/table.ts';
import { iso } from '../../../shared/time.ts';
import type { Target } from '../target/target.ts';
import type { BookToForget } from './find-book.ts';
import { type BookNames, readNames, removeDeadLetters, removeEventsWithoutBook } from './names.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Longer than any function runs. The poller removes what running ones write later (docs/decisions/0019). */
const IN_FLIGHT_MS = 15 * MINUTE_MS;

/** Age of DynamoDB's oldest recovery point (AWS: point-in-time recovery). */
const RECOVERABLE_MS = 35 * DAY_MS;

/** Counts of the data that is removed, before anything is: ids and times only. */
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

interface ForgetOptions {
  readonly isPreview: boolean;
  readonly signal: AbortSignal;
  /** Unix milliseconds. */
  readonly now: () => number;
}

type ForgetTarget = Pick<Target, 'sqs' | 'queues' | 'bodies'> & { readonly table: Table };

/**
 * Removes a book's data permanently. What is there is counted first, because the poller removes data of a tombstone,
 * too. The tombstones come before anything is removed, so that nothing is stored from then on (docs/decisions/0019).
 */
export async function forgetBook(
  target: ForgetTarget,
  book: BookToForget,
  { isPreview, signal, now }: ForgetOptions,
): Promise<ForgetReport> {
  const { table, bodies } = target;
  const known = await readNames(table, book);
  const preview = { ...target, ...previewOf(table, bodies) };
  const removed = await removeAll(preview, book, known, { isPreview: true, signal });
  const { bookUuid, bookPk, account, partitions } = book;
  const writer = { account, source: 'webhook', now: now() } as const;
  let forgottenAt: string | null = null;
  for (const bookId of isPreview ? [] : partitions) {
    const marked = await markForgotten(table, bookId, { bookUuid, bookPk }, writer);
    forgottenAt ??= marked.forgottenAt;
  }
  // Documents may have been stored since, and the poller may have removed some.
  if (!isPreview) await removeAll(target, book, await readNames(table, book, known), { isPreview, signal });
  const { documents, results, payloads, others } = removed;
  const isTableChanged = documents + results + payloads + others > 0;
  return {
    bookUuid: bookUuid ?? null,
    bookPk: bookPk ?? null,
    forgottenAt,
    removed,
    inFlightUntil: forgottenAt === null ? null : iso(Date.parse(forgottenAt) + IN_FLIGHT_MS),
    recoverableUntil: isPreview || !isTableChanged ? null : iso(now() + RECOVERABLE_MS),
    dryRun: isPreview,
  };
}

/**
 * Removes all data of a book. The items with its ids come last, so that this can be killed at any point and run again.
 *
 * @param options `isPreview`: of table and bucket, `target` has a preview.
 * @throws Error if it is interrupted.
 */
async function removeAll(
  target: ForgetTarget,
  { partitions }: BookToForget,
  names: BookNames,
  options: Pick<ForgetOptions, 'isPreview' | 'signal'>,
): Promise<ForgetReport['removed']> {
  const { table, bodies } = target;
  const removed = nothingRemoved();
  await removeEventsWithoutBook(table, bodies, names, removed);
  const deadLetters = await removeDeadLetters(target, names, { removed, ...options });
  for (const bookId of partitions) await removeBookData(table, bodies, bookId, removed);
  return { ...removed, deadLetters };
}

/** A table and a bucket that are not changed, and then answer as if what was removed were gone. */
function previewOf(table: Table, bodies: Bodies): { readonly table: Table; readonly bodies: Bodies } {
  const gone = new Set<string>();
  const nameOf = ({ bookId, item }: Key) => `${bookId} ${item}`;
  const remove = async (key: Key) => {
    gone.add(nameOf(key));
    return { written: true, before: undefined } as const;
  };
  return {
    table: {
      ...table,
      put: () => Promise.reject(new Error('a preview puts nothing')),
      update: remove,
      delete: remove,
      async *query(query) {
        for await (const item of table.query(query))
          if (!gone.has(nameOf({ bookId: query.bookId, item: String(item.item) }))) yield item;
      },
    },
    bodies: {
      ...bodies,
      put: () => Promise.reject(new Error('a preview puts nothing')),
      async removeAll(prefix) {
        const left = (await bodies.versions(prefix)).filter((name) => !gone.has(name));
        for (const name of left) gone.add(name);
        return left.length;
      },
    },
  };
}
