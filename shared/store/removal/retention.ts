import { BOOK_ITEM, DOCUMENT_PREFIX, RESULT_PREFIX } from '../keys.ts';
import type { Key, Table } from '../table.ts';

/** Days for which items are kept after their last write. Absent: permanently. */
export interface Retention {
  readonly results?: number | undefined;
  /** For books, too. */
  readonly documents?: number | undefined;
}

/** @returns the value of `expiresAt` (Unix seconds) for an item that is kept for some days. @param from Unix milliseconds. */
export function expiryOf(from: number, days: number): number {
  return Math.floor(from / 1000) + days * 86_400;
}

/**
 * Adds a time to live to every item of books, documents and results, or removes it if the stage sets no limit.
 * Forgotten books are kept permanently, and the ledger has its own time to live.
 *
 * @param now Unix milliseconds.
 */
export function withRetention(table: Table, retention: Retention, now: () => number): Table {
  const expiresAt = (days: number | undefined) => (days === undefined ? undefined : expiryOf(now(), days));
  return {
    get: (key, attributes) => table.get(key, attributes),
    query: (query) => table.query(query),
    queryDue: (shard, until) => table.queryDue(shard, until),
    delete: (key, condition) => table.delete(key, condition),
    put(item, condition) {
      if (!isLimited(item)) return table.put(item, condition);
      return table.put({ ...item, expiresAt: expiresAt(daysOf(item, retention)) }, condition);
    },
    // Updates of results, and of the next look at a book. Other books and documents are written as a whole.
    update(key, update) {
      if (!isLimited(key)) return table.update(key, update);
      return table.update(key, {
        ...update,
        set: { ...update.set, expiresAt: expiresAt(daysOf(key, retention)) },
      });
    },
  };
}

function isLimited({ item }: Key): boolean {
  return item === BOOK_ITEM || item.startsWith(DOCUMENT_PREFIX) || item.startsWith(RESULT_PREFIX);
}

function daysOf(item: Key & { readonly forgottenAt?: unknown }, { results, documents }: Retention) {
  if (item.forgottenAt !== undefined) return undefined;
  return item.item.startsWith(RESULT_PREFIX) ? results : documents;
}
