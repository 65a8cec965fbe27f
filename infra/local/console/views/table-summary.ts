import { ScanCommand, type ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { BOOK_ITEM, DOCUMENT_PREFIX, EVENT_PREFIX, RESULT_PREFIX } from '../../../../shared/store/keys.ts';
import type { DynamoTable } from '../../../../shared/store/table.ts';

export interface StoredBook {
  readonly bookId: string;
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly complete?: boolean | undefined;
  readonly open?: readonly string[] | undefined;
  readonly updatedAt: string;
}

/** Content of the table. */
export interface TableSummary {
  readonly books: number;
  readonly documents: number;
  readonly results: number;
  readonly events: number;
  /** Books that changed last, newest first. */
  readonly latest: readonly StoredBook[];
}

export const EMPTY_TABLE: TableSummary = { books: 0, documents: 0, results: 0, events: 0, latest: [] };

const Row = z.object({
  bookId: z.string(),
  item: z.string(),
  name: z.string().optional(),
  status: z.string().optional(),
  complete: z.boolean().optional(),
  open: z.array(z.string()).optional(),
  updatedAt: z.string().optional(),
});

const MOST_BOOKS = 100;

/** Reads the whole table, which is acceptable on this machine. */
export async function summarizeTable({ client, name }: DynamoTable): Promise<TableSummary> {
  const counts = { documents: 0, results: 0, events: 0 };
  const books: StoredBook[] = [];
  let ExclusiveStartKey: ScanCommandInput['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: name,
        ProjectionExpression: 'bookId, #item, #name, #status, complete, #open, updatedAt',
        ExpressionAttributeNames: { '#item': 'item', '#name': 'name', '#status': 'status', '#open': 'open' },
        ExclusiveStartKey,
      }),
    );
    for (const row of page.Items ?? []) {
      const { item, updatedAt = '', ...book } = Row.parse(row);
      if (item === BOOK_ITEM) books.push({ ...book, updatedAt });
      else if (item.startsWith(DOCUMENT_PREFIX)) counts.documents += 1;
      else if (item.startsWith(RESULT_PREFIX)) counts.results += 1;
      else if (item.startsWith(EVENT_PREFIX)) counts.events += 1;
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  const latest = books.sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1)).slice(0, MOST_BOOKS);
  return { books: books.length, ...counts, latest };
}
