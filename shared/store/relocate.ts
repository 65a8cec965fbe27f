import { BOOK_ITEM, WAIT_PREFIX } from './keys.ts';
import type { Table } from './table.ts';

/**
 * Moves what was stored while only a book's pk was known to the partition of its uuid (design section 7).
 * What is there already stays. Idempotent: each item is copied first and removed then.
 *
 * @returns how many items were moved.
 */
export async function relocate(table: Table, fromBookId: string, bookUuid: string): Promise<number> {
  let moved = 0;
  let waiting = false;
  const items = table.query({
    KeyConditionExpression: 'bookId = :book',
    ExpressionAttributeValues: { ':book': fromBookId },
    ConsistentRead: true,
  });
  for await (const item of items) {
    const key = { bookId: fromBookId, item: String(item.item) };
    // The book itself is written under its uuid by the observation that told the uuid.
    if (key.item !== BOOK_ITEM) {
      await table.put(
        { ...item, bookId: bookUuid, item: key.item },
        { expression: 'attribute_not_exists(#item)', names: { '#item': 'item' } },
      );
    }
    waiting ||= key.item.startsWith(WAIT_PREFIX);
    await table.delete(key);
    moved += 1;
  }
  if (waiting) await markWaiting(table, bookUuid);
  return moved;
}

/** The poller reads the waits of a book only where the book says that it has any. */
async function markWaiting(table: Table, bookId: string): Promise<void> {
  await table.update(
    { bookId, item: BOOK_ITEM },
    {
      set: { waiting: true },
      condition: { expression: 'attribute_exists(#item)', names: { '#item': 'item' } },
    },
  );
}
