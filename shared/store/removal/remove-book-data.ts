import { isPkOnly, OWN_PARTITIONS } from '../../events/ids.ts';
import type { Bodies } from '../bodies/result-bodies.ts';
import { IS_PRESENT } from '../condition.ts';
import { BOOK_ITEM, bodiesOf, DOCUMENT_PREFIX, EVENT_PREFIX, RESULT_PREFIX } from '../keys.ts';
import type { Item, Table } from '../table.ts';

/** Counts of the removed data of a book. */
export function nothingRemoved() {
  return {
    documents: 0,
    results: 0,
    /** Ledger entries, which stay without payload and reason. */
    payloads: 0,
    /** Versions of objects in the bucket. */
    objects: 0,
    /** Other items. */
    others: 0,
    /** Objects in another stack's bucket, which has to remove them: copied items named them. */
    elsewhere: 0,
  };
}

export type RemovedData = ReturnType<typeof nothingRemoved>;

export function isAnyRemoved(removed: RemovedData): boolean {
  return Object.values(removed).some((count) => count > 0);
}

/** Items removed at the same time. */
const AT_ONCE = 25;

/**
 * Removes everything in a partition except the tombstone: documents, results and their bodies with all versions.
 * Ledger entries stay, including those of deliveries that did not name the book, without payload and without reason,
 * which may be text of Ocrolus. Bodies are removed before the items that point to them, so that a removal can be
 * killed at any point and run again.
 *
 * @param removed is incremented.
 */
export async function removeBookData(
  table: Table,
  bodies: Bodies,
  bookId: string,
  removed: RemovedData = nothingRemoved(),
): Promise<RemovedData> {
  const attributes = ['item', 'payload', 'reason', 's3'];
  const group: Item[] = [];
  const remove = async ({ item, payload, reason, s3 }: Item, partition: string) => {
    const key = { bookId: partition, item: String(item) };
    const isEvent = key.item.startsWith(EVENT_PREFIX);
    await removeBody(bodies, isEvent ? payload : s3, removed);
    if (isEvent) {
      if (payload === undefined && reason === undefined) return;
      await stripEntry(table, partition, key.item);
      removed.payloads += 1;
      return;
    }
    await table.delete(key);
    if (key.item.startsWith(DOCUMENT_PREFIX)) removed.documents += 1;
    else if (key.item.startsWith(RESULT_PREFIX)) removed.results += 1;
    else removed.others += 1;
  };
  const removeGroup = () => Promise.all(group.splice(0).map((item) => remove(item, bookId)));
  for await (const item of table.query({ bookId, attributes })) {
    if (item.item === BOOK_ITEM) continue;
    group.push(item);
    if (group.length === AT_ONCE) await removeGroup();
  }
  await removeGroup();
  for await (const item of eventsWithoutBook(table, bookId)) await remove(item, OWN_PARTITIONS.account);
  // Finds bodies whose items were never written.
  const objects = await bodies.removeAll(bodiesOf(bookId));
  removed.objects += objects;
  return removed;
}

/** Ledger entries of deliveries that named no book, and turned out to be about this one. */
async function* eventsWithoutBook(table: Table, bookUuid: string): AsyncGenerator<Item> {
  // Such an entry has the uuid of its book, never the pk.
  if (isPkOnly(bookUuid)) return;
  const query = { bookId: OWN_PARTITIONS.account, prefix: EVENT_PREFIX };
  for await (const item of table.query({ ...query, attributes: ['item', 'payload', 'reason', 'bookUuid'] })) {
    if (item.bookUuid === bookUuid) yield item;
  }
}

/** Removes payload and reason from a ledger entry. */
export async function stripEntry(table: Table, bookId: string, item: string): Promise<void> {
  const set = { payload: undefined, reason: undefined };
  // The item may have expired, or moved, since it was read.
  await table.update({ bookId, item }, { set, condition: IS_PRESENT });
}

/** @param pointer `{bucket, key}` of a body; anything else is ignored. */
export async function removeBody(bodies: Bodies, pointer: unknown, removed: RemovedData): Promise<void> {
  if (typeof pointer !== 'object' || pointer === null) return;
  if (!('bucket' in pointer && 'key' in pointer)) return;
  if (pointer.bucket !== bodies.bucket) {
    removed.elsewhere += 1;
    return;
  }
  // Awaited before it is added, because concurrent removals add too.
  const objects = await bodies.removeAll(String(pointer.key));
  removed.objects += objects;
}
