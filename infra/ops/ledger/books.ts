import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { BOOK_ITEM, DUE_SHARDS } from '../../../shared/store/keys.ts';
import { isBookRow } from '../../../shared/store/polling/due.ts';
import type { DynamoTable, Item } from '../../../shared/store/table.ts';

/** Later than any scheduled time. */
export const END_OF_TIME = '9999';

/** Maximum number of items in one BatchGetItem (AWS: DynamoDB quotas). */
export const BATCH = 100;

/** Reads attributes of the BOOK items of up to {@link BATCH} books; those that are not stored are left out. */
export async function readBooks(
  { client, name }: DynamoTable,
  bookIds: readonly string[],
  attributes: readonly string[],
): Promise<Item[]> {
  const books: Item[] = [];
  const ProjectionExpression = attributes.map((attribute) => `#${attribute}`).join(', ');
  const ExpressionAttributeNames = Object.fromEntries(
    attributes.map((attribute) => [`#${attribute}`, attribute]),
  );
  let Keys: Record<string, unknown>[] = bookIds.map((bookId) => ({ bookId, item: BOOK_ITEM }));
  while (Keys.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({
        RequestItems: { [name]: { Keys, ProjectionExpression, ExpressionAttributeNames } },
      }),
    );
    books.push(...(Responses?.[name] ?? []));
    Keys = UnprocessedKeys?.[name]?.Keys ?? [];
  }
  return books;
}

/** Finds the uuids of books by their pk, among the books that are polled. */
export async function findUuids(table: DynamoTable, pks: ReadonlySet<string>): Promise<Map<string, string>> {
  const uuids = new Map<string, string>();
  const batch: string[] = [];
  const readBatch = async () => {
    for (const { bookId, bookPk } of await readBooks(table, batch.splice(0), ['bookId', 'bookPk'])) {
      if (typeof bookPk === 'string' && pks.has(bookPk)) uuids.set(bookPk, String(bookId));
    }
  };
  for (const shard of DUE_SHARDS) {
    if (uuids.size === pks.size) break;
    for await (const row of table.queryDue(shard, END_OF_TIME)) {
      if (!isBookRow(row)) continue;
      batch.push(row.bookId);
      if (batch.length === BATCH) await readBatch();
      if (uuids.size === pks.size) break;
    }
  }
  if (batch.length > 0 && uuids.size < pks.size) await readBatch();
  return uuids;
}
