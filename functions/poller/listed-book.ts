import type { ListedBook } from '../../shared/ocrolus/book-list.ts';
import {
  type Book,
  describeListed,
  dueBy,
  newBook,
  updateBook,
  type Writer,
} from '../../shared/store/books.ts';
import { forgetIfPkIsForgotten } from '../../shared/store/removal/tombstones.ts';
import type { Table } from '../../shared/store/table.ts';
import { iso } from '../../shared/time.ts';

export interface RecordListedOptions {
  readonly writer: Writer;
  /** The book as it was read a moment ago, to save a read; `null`: there is none. */
  readonly known?: Book | null | undefined;
  /** Latest time of the next look, in Unix milliseconds. Absent: as scheduled. */
  readonly dueAt?: number;
  /** Time of the first look at a new book. Absent: `dueAt`, or at once. */
  readonly newDueAt?: number;
}

/** Creates a listed book that is not stored yet, or adds the list's attributes to a stored one. */
export async function recordListed(
  table: Table,
  listed: ListedBook,
  { writer, known, dueAt, newDueAt = dueAt ?? writer.now }: RecordListedOptions,
): Promise<{ readonly book: Book | undefined; readonly isNew: boolean }> {
  const { bookUuid: bookId } = listed;
  const tombstone = await forgetIfPkIsForgotten(table, listed, writer);
  if (tombstone !== undefined) return { book: tombstone, isNew: false };
  const created = { ...newBook(bookId, listed, writer), dueAt: iso(newDueAt) };
  let isNew = false;
  const book = await updateBook(
    table,
    bookId,
    (current) => {
      isNew = current === undefined;
      if (current !== undefined)
        return describeListed(
          dueAt === undefined ? current : dueBy({ ...current, again: iso(dueAt) }, dueAt),
          listed,
        );
      return describeListed(created, listed);
    },
    known,
  );
  return { book, isNew };
}
