import { BOOK_ITEM } from './keys.ts';
import type { Table } from './table.ts';

/**
 * Moves what was stored while only a book's pk was known to the partition of its uuid (design section 7).
 * What is there already stays. Idempotent: each item is copied first and removed then.
 *
 * @returns how many items were moved.
 */
export async function relocate(table: Table, fromBookId: string, bookUuid: string): Promise<number> {
  let moved = 0;
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
    await table.delete(key);
    moved += 1;
  }
  return moved;
}
