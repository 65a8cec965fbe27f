import { ScanCommand, type ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import { bookIdOf, isPkOnly, pkOf } from '../../../shared/events/ids.ts';
import { type Book, readBook } from '../../../shared/store/books.ts';
import { BOOK_ITEM } from '../../../shared/store/keys.ts';
import type { DynamoTable } from '../../../shared/store/table.ts';
import { UsageError } from '../../command-line/commands.ts';
import { findUuids } from '../ledger/books.ts';

/** A book to be forgotten, with all of its known ids. */
export interface BookToForget {
  readonly bookUuid: string | undefined;
  readonly bookPk: string | undefined;
  /** Partitions of its uuid and of its pk. */
  readonly partitions: readonly string[];
  readonly account: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Account of a book that was never stored. */
const NO_ACCOUNT = 'unknown';

/**
 * Finds the ids of a book: the given one, and the other one if the table has it. `isKnown`: the table has the book,
 * or its tombstone.
 *
 * @param bookId its partition.
 * @throws UsageError if it is neither, and no book of that name is stored.
 */
export async function findBook(
  table: DynamoTable,
  bookId: string,
): Promise<BookToForget & { readonly isKnown: boolean }> {
  const book = await readBook(table, bookId);
  // The partitions of circuits, poller and events without a book have names too, but hold no book.
  if (book === undefined && !UUID.test(bookId) && !isPkOnly(bookId)) {
    throw new UsageError(`${bookId} is no uuid, no pk-<number>, and no book that is stored`);
  }
  const { bookUuid, bookPk } = await idsOf(table, bookId, book);
  const partitions = [
    ...(bookUuid === undefined ? [] : [bookUuid]),
    ...(bookPk === undefined ? [] : [bookIdOf({ bookPk })]),
  ];
  return {
    bookUuid,
    bookPk,
    partitions,
    account: book?.account ?? NO_ACCOUNT,
    isKnown: book !== undefined || (bookUuid !== undefined && pkOf(bookId) !== undefined),
  };
}

async function idsOf(table: DynamoTable, bookId: string, book: Book | undefined) {
  const pk = pkOf(bookId);
  if (pk === undefined) return { bookUuid: bookId, bookPk: book?.bookPk };
  const known = book?.bookUuid;
  const bookUuid = known ?? (await findUuids(table, new Set([pk]))).get(pk) ?? (await searchUuid(table, pk));
  return { bookUuid, bookPk: pk };
}

/**
 * Finds the uuid of a book that is no longer polled. No index has its pk, so the whole table is read. Ocrolus is not
 * asked, because the book may have been deleted there.
 */
async function searchUuid({ client, name }: DynamoTable, bookPk: string): Promise<string | undefined> {
  let ExclusiveStartKey: ScanCommandInput['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: name,
        ProjectionExpression: 'bookId',
        FilterExpression: '#item = :item AND bookPk = :pk',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':item': BOOK_ITEM, ':pk': bookPk },
        ExclusiveStartKey,
      }),
    );
    const found = page.Items?.map(({ bookId }) => String(bookId)).find((bookId) => !isPkOnly(bookId));
    if (found !== undefined) return found;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return undefined;
}
