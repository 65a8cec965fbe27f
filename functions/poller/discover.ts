import { comparePks, type ListedBook, listBooks } from '../../shared/ocrolus/book-list.ts';
import type { OcrolusClient } from '../../shared/ocrolus/client.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import { type Cursor, readCursor, writeCursor } from '../../shared/store/poller-state.ts';
import type { Table } from '../../shared/store/table.ts';

/** Books a page, and pages a run: what is left of a backlog comes in the next run. */
const PAGE = 100;
const PAGES_PER_RUN = 10;

/**
 * Finds the books of an account that no webhook has ever mentioned, by paging through its list by ascending pk
 * from where the last run stopped. Each unknown one becomes due at once.
 *
 * @returns how many were unknown.
 * @throws Failure
 */
export async function discover(
  table: Table,
  client: OcrolusClient,
  account: string,
  deadline: number,
  now: () => Date,
): Promise<number> {
  let cursor = await readCursor(table, account);
  let discovered = 0;
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
    const unseen = books.filter((book) => comparePks(book.bookPk, cursor.lastPk) > 0);
    for (const book of unseen) {
      const { created } = await ensureBook(
        table,
        { bookId: book.bookUuid, ...book },
        { account, source: 'poll', now: now().toISOString() },
      );
      if (created) discovered += 1;
    }
    const lastPk = books.at(-1)?.bookPk ?? cursor.lastPk;
    const next: Cursor = {
      offset: paged ? offset + length : 0,
      lastPk: comparePks(lastPk, cursor.lastPk) > 0 ? lastPk : cursor.lastPk,
    };
    if (next.offset !== cursor.offset || next.lastPk !== cursor.lastPk)
      await writeCursor(table, account, next);
    cursor = next;
    if (!paged || length < PAGE) break;
  }
  return discovered;
}

/** Books before the cursor were deleted, so that unseen ones have moved to before it. */
function hasShifted(books: readonly ListedBook[], cursor: Cursor, offset: number): boolean {
  if (offset === 0) return false;
  const first = books[0];
  return first === undefined || comparePks(first.bookPk, cursor.lastPk) > 0;
}
