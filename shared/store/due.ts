import type { BookItem } from './items.ts';
import { BOOK_ITEM, DUE_INDEX, DUE_SHARDS } from './keys.ts';
import type { Table } from './table.ts';

/** A book as the `due` index shows it: enough to decide without reading the book itself. */
export type DueBook = Omit<BookItem, 'updatedAt' | 'source' | 'dueAt'> & { readonly dueAt: string };

/** The books that are due, shard by shard, longest due first: as many reads as books, never a scan. */
export async function* readDueBooks(table: Table, now: string): AsyncGenerator<DueBook> {
  for (const shard of DUE_SHARDS) {
    const items = table.query({
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
      ExpressionAttributeValues: { ':shard': shard, ':now': now },
    });
    for await (const item of items) yield item as DueBook;
  }
}

export interface Appointment {
  /** When to look at the book again; `undefined`: never, until something happens to it. */
  readonly dueAt: string | undefined;
  readonly poll: NonNullable<BookItem['poll']>;
  readonly waiting: boolean;
  readonly settledAt: string | undefined;
}

/** Makes the next appointment, unless somebody has made another since the book was read. */
export async function makeAppointment(table: Table, book: DueBook, next: Appointment): Promise<void> {
  await table.update(
    { bookId: book.bookId, item: BOOK_ITEM },
    {
      set: {
        dueAt: next.dueAt,
        ...(next.dueAt === undefined && { dueShard: undefined }),
        poll: next.poll,
        waiting: next.waiting ? true : undefined,
        settledAt: next.settledAt,
      },
      condition: { expression: 'dueAt = :seen', values: { ':seen': book.dueAt } },
    },
  );
}
