import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { BOOK_ITEM } from '../../../shared/store/keys.ts';
import { isBookRow, readDue } from '../../../shared/store/polling/due.ts';
import type { MissingResult } from '../../../shared/store/reader.ts';
import type { DynamoTable, Item } from '../../../shared/store/table.ts';
import type { Target } from '../target.ts';

/** A missing result and its book. */
export interface MissingOfBook extends MissingResult {
  readonly bookId: string;
}

/** Later than any scheduled time. */
const END_OF_TIME = '9999';

/** Maximum number of items in one BatchGetItem (AWS: DynamoDB quotas). */
const BATCH = 100;

/** Number of books that are read at the same time. */
const AT_ONCE = 10;

/**
 * Finds missing results of all books that are polled, without a scan: a book with missing results is polled for a
 * year.
 *
 * @throws the error of DynamoDB.
 */
export async function* findMissing(
  target: Pick<Target, 'table' | 'reader'>,
  signal: AbortSignal,
): AsyncGenerator<MissingOfBook> {
  const table = target.table();
  for await (const books of booksToRead(table)) {
    for (let start = 0; start < books.length && !signal.aborted; start += AT_ONCE) {
      const group = books.slice(start, start + AT_ONCE);
      const found = await Promise.all(
        group.map(async (bookId) => (await target.reader.missing(bookId)).map((one) => ({ bookId, ...one }))),
      );
      yield* found.flat();
    }
    if (signal.aborted) return;
  }
}

/** Books with missing results, in batches. */
async function* booksToRead(table: DynamoTable): AsyncGenerator<string[]> {
  let batch = new Set<string>();
  for await (const row of readDue(table, END_OF_TIME)) {
    if (!isBookRow(row)) continue;
    batch.add(row.bookId);
    if (batch.size < BATCH) continue;
    yield await incompleteOf(table, [...batch]);
    batch = new Set();
  }
  if (batch.size > 0) yield await incompleteOf(table, [...batch]);
}

async function incompleteOf({ client, name }: DynamoTable, bookIds: readonly string[]): Promise<string[]> {
  const books: Item[] = [];
  let keys: Record<string, unknown>[] = bookIds.map((bookId) => ({ bookId, item: BOOK_ITEM }));
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({
        RequestItems: {
          [name]: {
            Keys: keys,
            ProjectionExpression: 'bookId, #open, #status',
            ExpressionAttributeNames: { '#open': 'open', '#status': 'status' },
          },
        },
      }),
    );
    books.push(...(Responses?.[name] ?? []));
    keys = UnprocessedKeys?.[name]?.Keys ?? [];
  }
  // Before Ocrolus has shown a book, only its entries show missing results.
  const lacks = ({ open, status }: Item) => status === undefined || (Array.isArray(open) && open.length > 0);
  return books.filter(lacks).map(({ bookId }) => String(bookId));
}
