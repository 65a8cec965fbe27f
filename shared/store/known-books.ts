import type { BookItem } from './items.ts';
import { BOOK_ITEM, dueShard } from './keys.ts';
import type { Strand } from './strands.ts';
import type { Table } from './table.ts';

/** What of a stored book decides whether an observation of it needs writing. */
export type KnownBook = Pick<BookItem, 'status' | 'documentSet' | 'generation' | Strand>;

const KNOWN: readonly (keyof KnownBook)[] = [
  'status',
  'documentSet',
  'generation',
  'capture',
  'analytics',
  'detect',
  'income',
  'completed',
];

/** Reads what is known of a book, for writes whose values depend on its generation. */
export async function readKnownBook(table: Table, bookId: string): Promise<KnownBook | undefined> {
  const item = await table.get({ bookId, item: BOOK_ITEM }, KNOWN);
  return item === undefined ? undefined : (item as KnownBook);
}

/** Makes sure that a book which only an event has named is there for the poller to look at. */
export async function ensureBook(
  table: Table,
  book: {
    readonly bookId: string;
    readonly bookUuid?: string | undefined;
    readonly bookPk?: string | undefined;
    readonly name?: string | undefined;
  },
  more: { readonly account: string; readonly source: BookItem['source']; readonly now: string },
): Promise<{ readonly created: boolean }> {
  const { bookId, bookUuid, bookPk, name } = book;
  const { written } = await table.put(
    {
      bookId,
      item: BOOK_ITEM,
      ...(bookUuid !== undefined && { bookUuid }),
      ...(bookPk !== undefined && { bookPk }),
      ...(name !== undefined && { name }),
      account: more.account,
      source: more.source,
      generation: 1,
      createdAt: more.now,
      updatedAt: more.now,
      dueAt: more.now,
      dueShard: dueShard(bookId),
    },
    { expression: 'attribute_not_exists(#item)', names: { '#item': 'item' } },
  );
  return { created: written };
}
