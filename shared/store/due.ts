import type { BookItem } from './items.ts';
import { BOOK_ITEM, type DUE_ATTRIBUTES, DUE_INDEX, DUE_SHARDS } from './keys.ts';
import type { Table } from './table.ts';

/** A book as the `due` index shows it: enough to decide without reading the book itself. */
export type DueBook = Pick<BookItem, 'bookId' | 'item' | (typeof DUE_ATTRIBUTES)[number]> & {
  readonly dueAt: string;
};

/**
 * The books that are due: as many reads as books, never a scan. The shards take turns, each with its longest due
 * first, so that a backlog in one does not hold up the others.
 */
export async function* readDueBooks(table: Table, now: string): AsyncGenerator<DueBook> {
  let shards = DUE_SHARDS.map((shard) =>
    table.query({
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
      ExpressionAttributeValues: { ':shard': shard, ':now': now },
    }),
  );
  while (shards.length > 0) {
    const left: typeof shards = [];
    for (const shard of shards) {
      const next = await shard.next();
      if (next.done === true) continue;
      left.push(shard);
      yield next.value as DueBook;
    }
    shards = left;
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

/**
 * Leaves a book that could not be looked at due, behind those that are due already: a few books that always fail
 * must not keep the poller from all others.
 */
export async function moveBehind(table: Table, book: DueBook, now: string): Promise<void> {
  await table.update(
    { bookId: book.bookId, item: BOOK_ITEM },
    { set: { dueAt: now }, condition: { expression: 'dueAt = :seen', values: { ':seen': book.dueAt } } },
  );
}
