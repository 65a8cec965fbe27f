import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { OWN_PARTITIONS } from '../../../shared/events/partitions.ts';
import { OpenItem } from '../../../shared/store/items.ts';
import { BOOK_ITEM, OPEN_PREFIX } from '../../../shared/store/keys.ts';
import { readDue } from '../../../shared/store/polling/due.ts';
import type { MissingResult } from '../../../shared/store/reader.ts';
import type { DynamoTable, Item } from '../../../shared/store/table.ts';
import type { Target } from '../target.ts';

/** A result that is missing, and of which book; `account` where its event named none. */
export interface MissingOfBook extends MissingResult {
  readonly bookId: string;
}

/** Later than any schedule. */
const END_OF_TIME = '9999';

/** Items of one BatchGetItem (AWS: DynamoDB quotas). */
const BATCH = 100;

/** Books that are read at the same time. */
const AT_ONCE = 10;

/**
 * Missing results of all books that are polled: a book with missing results is polled for a year. Never a scan.
 *
 * @throws what DynamoDB throws.
 */
export async function* findMissing(
  target: Pick<Target, 'table' | 'reader'>,
  signal: AbortSignal,
): AsyncGenerator<MissingOfBook> {
  const table = target.table();
  for await (const { bookId, kind, subject, state, ...entry } of openItems(table)) {
    const { since, attempts, nextAt = null, code = null } = entry;
    yield { bookId, kind, subject, state, since, attempts, nextAt, code };
  }
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

async function* openItems(table: DynamoTable) {
  for await (const item of table.query({ bookId: OWN_PARTITIONS.account, prefix: OPEN_PREFIX })) {
    const { bookId, kind, subject, entry } = OpenItem.parse(item);
    if (entry.state !== 'probe') yield { bookId, kind, subject, ...entry };
  }
}

/** Books with missing results, in batches. */
async function* booksToRead(table: DynamoTable): AsyncGenerator<string[]> {
  let batch = new Set<string>();
  for await (const { bookId, item } of readDue(table, END_OF_TIME)) {
    if (item !== BOOK_ITEM) continue;
    batch.add(bookId);
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
  // Before Ocrolus has shown a book, only its entries say what is missing.
  const lacks = ({ open, status }: Item) => status === undefined || (Array.isArray(open) && open.length > 0);
  return books.filter(lacks).map(({ bookId }) => String(bookId));
}
