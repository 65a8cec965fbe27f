import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { isOfCredentials } from '../../../shared/events/statuses.ts';
import { BOOK_ITEM } from '../../../shared/store/keys.ts';
import { isBookRow, readDue } from '../../../shared/store/polling/due.ts';
import { type MissingResult, type Reader, UnknownBookError } from '../../../shared/store/reader.ts';
import type { DynamoTable, Item, Table } from '../../../shared/store/table.ts';

/** Later than any scheduled time. */
export const END_OF_TIME = '9999';

/** Maximum number of items in one BatchGetItem (AWS: DynamoDB quotas). */
const BATCH = 100;

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

/** True if a book may lack results. Before Ocrolus has shown it, only its entries say which. */
export function mayLack({ open, status }: Item): boolean {
  return status === undefined || (Array.isArray(open) && open.length > 0);
}

/** Ids of the books that are polled, in batches of up to {@link BATCH}. */
export async function* polledBooks(table: Table): AsyncGenerator<string[]> {
  const batch = new Set<string>();
  for await (const row of readDue(table, END_OF_TIME)) {
    if (isBookRow(row)) batch.add(row.bookId);
    if (batch.size < BATCH) continue;
    yield [...batch];
    batch.clear();
  }
  if (batch.size > 0) yield [...batch];
}

/** Finds the uuids of books by their pk, among the books that are polled. */
export async function findUuids(table: DynamoTable, pks: ReadonlySet<string>): Promise<Map<string, string>> {
  const uuids = new Map<string, string>();
  if (pks.size === 0) return uuids;
  for await (const bookIds of polledBooks(table)) {
    for (const { bookId, bookPk } of await readBooks(table, bookIds, ['bookId', 'bookPk'])) {
      if (typeof bookPk === 'string' && pks.has(bookPk)) uuids.set(bookPk, String(bookId));
    }
    if (uuids.size === pks.size) break;
  }
  return uuids;
}

/** Everything in the table about a book, as a downstream service reads it. */
export type BookContents = Awaited<ReturnType<typeof readContents>>;

export async function readContents(reader: Reader, bookId: string) {
  const [book, documents, results, missing, events] = await Promise.all([
    reader.book(bookId),
    reader.documents(bookId),
    reader.results(bookId),
    missingIfStored(reader, bookId),
    reader.events(bookId),
  ]);
  return { book, documents, results, missing, events };
}

const HOLDS = {
  'book-status': 'Ocrolus does not show the book',
  circuit: 'refused for every book',
} as const;

/** The last code of a missing result, and what keeps it from being asked for. */
export function whyMissing({ code, heldBy }: MissingResult): string {
  const isRefused = heldBy !== null && code !== null && isOfCredentials({ code });
  const why = isRefused ? 'credentials or account refused' : heldBy && HOLDS[heldBy];
  return [code, why].filter((word) => word !== null).join(': ');
}

/** What a book lacks; nothing is known to be missing of one that is not stored, or no longer. */
export async function missingIfStored(reader: Reader, bookId: string): Promise<MissingResult[]> {
  return reader.missing(bookId).catch((error: unknown) => {
    if (error instanceof UnknownBookError) return [];
    throw error;
  });
}
