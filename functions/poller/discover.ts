import { comparePks, type ListedBook, listBooks } from '../../shared/ocrolus/book-list.ts';
import type { OcrolusClient } from '../../shared/ocrolus/client.ts';
import type { DueBook } from '../../shared/store/due.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import { type Cursor, readCursor, writeCursor } from '../../shared/store/poller-state.ts';
import type { Table } from '../../shared/store/table.ts';

/** Books a page, and pages a run: what is left of a backlog comes in the next run. */
const PAGE = 100;
const PAGES_PER_RUN = 10;

/**
 * Finds the books of an account that no webhook has ever mentioned, by paging through its list by ascending pk
 * from where the last run stopped. One book at a time, as the caller asks for the next: no more become due than are
 * asked for. Each is handed out as it is in the table, since the `due` index shows it only some time later.
 *
 * Whoever stops before the end loses nothing: the place is kept, and a book that was made is due. After a crash the
 * page is read again, and what was made of it is there already.
 *
 * @throws Failure
 */
export async function* discover(
  table: Table,
  client: OcrolusClient,
  account: string,
  deadline: number,
  now: () => Date,
): AsyncGenerator<DueBook> {
  let cursor = await readCursor(table, account);
  for (let page = 0; page < PAGES_PER_RUN; page += 1) {
    // One book back: where it is still the last one seen, nothing before it has been deleted.
    const offset = Math.max(0, cursor.offset - 1);
    const { books, length, paged } = await listBooks(client, PAGE, offset, deadline);
    if (paged && hasShifted(books, cursor, offset)) {
      cursor = { offset: Math.max(0, cursor.offset - PAGE), lastPk: cursor.lastPk };
      // Kept, so that the next run goes on from here where more was deleted than one run can step back.
      await writeCursor(table, account, cursor);
      continue;
    }
    const before = cursor;
    const unseen = books.filter((book) => comparePks(book.bookPk, before.lastPk) > 0);
    // Where entries could not be read this is too low, which the next page makes good by its overlap.
    let place = offset + books.length - unseen.length;
    try {
      for (const book of unseen.slice(0, PAGE * PAGES_PER_RUN)) {
        const made = await makeBook(table, book, account, now());
        place += 1;
        cursor = { offset: paged ? place : 0, lastPk: book.bookPk };
        if (made !== undefined) yield made;
      }
      cursor = { offset: paged ? offset + length : 0, lastPk: cursor.lastPk };
    } finally {
      if (cursor.offset !== before.offset || cursor.lastPk !== before.lastPk)
        await writeCursor(table, account, cursor);
    }
    if (!paged || length < PAGE) break;
  }
}

/** @returns the book as it is now; `undefined` when it was there already, or is gone again. */
async function makeBook(
  table: Table,
  book: ListedBook,
  account: string,
  now: Date,
): Promise<DueBook | undefined> {
  const bookId = book.bookUuid;
  const { created } = await ensureBook(
    table,
    { bookId, ...book },
    { account, source: 'poll', now: now.toISOString() },
  );
  return created ? ((await table.get({ bookId, item: BOOK_ITEM })) as DueBook | undefined) : undefined;
}

/** Books before the cursor were deleted, so that unseen ones have moved to before it. */
function hasShifted(books: readonly ListedBook[], cursor: Cursor, offset: number): boolean {
  if (offset === 0) return false;
  const first = books[0];
  return first === undefined || comparePks(first.bookPk, cursor.lastPk) > 0;
}
