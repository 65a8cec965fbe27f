import { type Entries, isOpen } from '../checklist/entry.ts';
import { isAskedAfter, withOpening } from '../checklist/transitions.ts';
import { type Book, deleteBook, dueBy, newBook, readBook, updateBook, type Writer } from './books.ts';
import { BOOK_ITEM } from './keys.ts';
import type { Table } from './table.ts';

/** The outcome of a delivery that is still being processed, see the ledger. */
const RETRYING = 'retrying';

/**
 * Moves what was stored while only a book's pk was known to the partition of its uuid (design section 7). First the
 * entries of its checklist, then the rest, then the book of the pk itself, which stays due until then. What is there
 * already stays. Idempotent.
 *
 * @returns how many items were moved.
 */
export async function relocate(
  table: Table,
  fromBookId: string,
  bookUuid: string,
  writer: Writer,
): Promise<number> {
  let moved = 0;
  let isEmpty = true;
  for await (const item of table.query({ bookId: fromBookId })) {
    const key = { bookId: fromBookId, item: String(item.item) };
    if (key.item === BOOK_ITEM) continue;
    await table.put(
      { ...item, bookId: bookUuid, item: key.item },
      // Only a final outcome replaces the record of failed attempts.
      item.outcome === RETRYING
        ? { expression: 'attribute_not_exists(#item)', names: { '#item': 'item' } }
        : {
            expression: 'attribute_not_exists(#item) OR #outcome = :retrying',
            names: { '#item': 'item', '#outcome': 'outcome' },
            values: { ':retrying': RETRYING },
          },
    );
    const deleted = await table.delete(key, {
      expression: '#outcome = :outcome AND processedAt = :processed',
      names: { '#outcome': 'outcome' },
      values: { ':outcome': item.outcome ?? '', ':processed': item.processedAt ?? '' },
    });
    isEmpty &&= deleted.written;
    moved += 1;
  }
  // Something was written in the meantime: the book of the pk stays due, and it is all moved again.
  if (!isEmpty) return moved;
  const from = await readBook(table, fromBookId);
  if (from === undefined) return moved;
  await updateBook(table, bookUuid, (book) => adopt(book ?? newBook(bookUuid, { bookUuid }, writer), from));
  // Where it has been changed in the meantime it stays, due, and is moved again.
  await deleteBook(table, from);
  return moved + 1;
}

/** The book of the uuid with the entries of the book of the pk, which only an event can have opened. */
function adopt(book: Book, from: Book): Book {
  const added: Record<string, Entries[string]> = {};
  for (const [name, entry] of Object.entries(from.entries)) {
    const own = book.entries[name];
    const openedAt = entry.openedAt ?? entry.since;
    if (own !== undefined && isAskedAfter(own, openedAt)) continue;
    const isOpenLater = own !== undefined && isOpen(own) && (own.openedAt ?? '') >= openedAt;
    if (isOpenLater && withOpening(own, openedAt) === own) continue;
    added[name] = isOpenLater ? withOpening(own, openedAt) : { ...entry, version: book.generation };
  }
  if (Object.keys(added).length === 0) return book;
  const due = Math.min(...Object.values(added).map(({ nextAt, since }) => Date.parse(nextAt ?? since)));
  const adopted = { ...book, entries: { ...book.entries, ...added }, complete: false, completeAt: undefined };
  return dueBy(adopted, due);
}
