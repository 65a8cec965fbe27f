import { comparePks, type ListedBook, listBooks } from '../../shared/ocrolus/book-list.ts';
import type { OcrolusClient } from '../../shared/ocrolus/client.ts';
import { isForgotten } from '../../shared/store/books.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { type Cursor, readCursor, writeCursor } from '../../shared/store/polling/poller-state.ts';
import type { DueRow } from '../../shared/store/table.ts';
import type { PollerDependencies } from './dependencies.ts';
import { recordListed } from './listed-book.ts';

/** Books per page, and pages per run: the rest of a backlog is left to the next run. */
const PAGE = 100;
const PAGES_PER_RUN = 10;

/**
 * Finds the books of an account that no webhook has ever mentioned, by paging through its list by ascending pk from
 * where the last run stopped. Yields one book at a time, when the caller asks for the next: no more become due than are
 * asked for. Stopping early loses nothing: the cursor is kept, and a new book is due.
 *
 * @param deadline Unix milliseconds.
 * @throws Failure
 */
export async function* discover(
  dependencies: PollerDependencies,
  account: string,
  deadline: number,
): AsyncGenerator<DueRow> {
  const { ports, accounts } = dependencies;
  const { table } = ports;
  const client = accounts.client(account);
  let cursor = await readCursor(table, account);
  let isSteppingBack = false;
  for (let page = 0; page < PAGES_PER_RUN; page += 1) {
    // One book back: where it is still the last one seen, nothing before it has been deleted.
    const offset = Math.max(0, cursor.offset - 1);
    const { books, length, paged } = await listBooks(client, PAGE, offset, deadline);
    if (paged && hasShifted(books, cursor, offset)) {
      cursor = { offset: Math.max(0, cursor.offset - PAGE), lastPk: cursor.lastPk };
      isSteppingBack = true;
      // Kept, so that the next run continues from here where more was deleted than one run can step back.
      await writeCursor(table, account, cursor);
      continue;
    }
    const before = cursor;
    if (paged && !isSteppingBack && hasGrown(books, cursor, offset))
      for (const book of await booksAround({ client, deadline }, cursor, books)) {
        const created = await createBook(dependencies, book, account);
        if (created !== undefined) yield created;
      }
    isSteppingBack = false;
    const unseen = books.filter((book) => comparePks(book.bookPk, before.lastPk) > 0);
    // Where entries could not be read this is too low, which the overlap of the next page compensates.
    let place = offset + books.length - unseen.length;
    try {
      for (const book of unseen.slice(0, PAGE * PAGES_PER_RUN)) {
        const created = await createBook(dependencies, book, account);
        place += 1;
        cursor = { offset: paged ? place : 0, lastPk: book.bookPk };
        if (created !== undefined) yield created;
      }
      cursor = { offset: paged ? offset + length : 0, lastPk: cursor.lastPk };
    } finally {
      if (cursor.offset !== before.offset || cursor.lastPk !== before.lastPk)
        await writeCursor(table, account, cursor);
    }
    if (!paged || length < PAGE) break;
  }
}

/**
 * The books with a lower pk than the last one seen, in the page before the cursor and in the one at it: pks are given
 * before books become visible, so that a lower one may appear after a higher one.
 */
async function booksAround(
  { client, deadline }: { readonly client: OcrolusClient; readonly deadline: number },
  { offset, lastPk }: Cursor,
  page: readonly ListedBook[],
): Promise<ListedBook[]> {
  const before = await listBooks(client, PAGE, Math.max(0, offset - PAGE), deadline);
  return [...before.books, ...page].filter(({ bookPk }) => comparePks(bookPk, lastPk) < 0);
}

/** @returns the new book; `undefined` when it existed already, is forgotten, or is older than what is discovered. */
async function createBook(
  { ports, settings }: PollerDependencies,
  listed: ListedBook,
  account: string,
): Promise<DueRow | undefined> {
  const from = settings.POLL_DISCOVER_FROM;
  if (from !== undefined && listed.createdAt !== undefined && listed.createdAt < from) return undefined;
  const writer = { account, source: 'poll', now: ports.now() } as const;
  const { book, isNew } = await recordListed(ports.table, listed, { writer, known: null });
  if (!isNew || book === undefined || isForgotten(book)) return undefined;
  return { bookId: book.bookId, item: BOOK_ITEM, dueAt: book.dueAt ?? '' };
}

/** Books before the cursor were deleted, so that unseen ones have moved to before it. */
export function hasShifted(books: readonly ListedBook[], cursor: Cursor, offset: number): boolean {
  if (offset === 0) return false;
  const first = books[0];
  return first === undefined || comparePks(first.bookPk, cursor.lastPk) > 0;
}

/** A book before the cursor has become visible: the last one seen has moved to after it. */
function hasGrown(books: readonly ListedBook[], cursor: Cursor, offset: number): boolean {
  const first = books[0];
  return offset > 0 && first !== undefined && comparePks(first.bookPk, cursor.lastPk) < 0;
}
