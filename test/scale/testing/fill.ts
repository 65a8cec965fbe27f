import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoTable, Item, Key } from '../../../shared/store/table.ts';

/** Maximum number of items in one request (AWS: BatchWriteItem). */
const BATCH = 25;
const AT_ONCE = 8;

/** Puts many items into a table as fast as it takes them. */
export async function fill(table: DynamoTable, items: readonly (Item & Key)[]): Promise<void> {
  let next = 0;
  const write = async () => {
    while (next < items.length) {
      const batch = items.slice(next, next + BATCH);
      next += BATCH;
      const RequestItems = { [table.name]: batch.map((Item) => ({ PutRequest: { Item } })) };
      const { UnprocessedItems = {} } = await table.client.send(new BatchWriteCommand({ RequestItems }));
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('not all was taken');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, write));
}
