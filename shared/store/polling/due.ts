import { isPkOnly } from '../../events/ids.ts';
import { BOOK_ITEM, DUE_SHARDS } from '../keys.ts';
import type { DueRow, Table } from '../table.ts';

/**
 * Reads the items that are due, never by a scan: there are as many reads as items. The shards alternate, each with
 * the longest due first, so that a backlog in one does not hold up the others. The index lags, so callers read the
 * item of a row.
 *
 * @param until ISO 8601.
 */
export async function* readDue(table: Table, until: string): AsyncGenerator<DueRow> {
  let shards = DUE_SHARDS.map((shard) => table.queryDue(shard, until));
  while (shards.length > 0) {
    const left: typeof shards = [];
    for (const shard of shards) {
      const next = await shard.next();
      if (next.done === true) continue;
      left.push(shard);
      yield next.value;
    }
    shards = left;
  }
}

/** True if a row is a book. Version 0.1 kept other items in the index, and books known only by their pk. */
export function isBookRow({ bookId, item }: DueRow): boolean {
  return item === BOOK_ITEM && !isPkOnly(bookId);
}
