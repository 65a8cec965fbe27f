import type { Entries } from '../checklist/entry.ts';
import type { EventIds } from '../events/ids.ts';
import { iso } from '../time.ts';
import { readEntries, writeEntries } from './entries.ts';
import { BookItem, type Outcome } from './items.ts';
import { BOOK_ITEM, dueShard } from './keys.ts';
import { type RecordAt, type RecordType, readRecord, replaceRecord, updateRecord } from './records.ts';
import type { Table } from './table.ts';

export type WriteOutcome = Extract<Outcome, 'applied' | 'unchanged' | 'stale'>;

/** A book with its checklist. */
export type Book = BookItem & { readonly entries: Entries };

const BOOK: RecordType<Book> = {
  parse(item) {
    const { entries, others } = readEntries(BookItem.parse(item), item.generation);
    return { ...others, entries };
  },
  serialize: ({ entries, ...book }) => ({ ...book, ...writeEntries(entries) }),
};

function bookRecord(bookId: string): RecordAt<Book> {
  return { key: { bookId, item: BOOK_ITEM }, type: BOOK };
}

/** Writer of a change. `now`: Unix milliseconds. */
export interface Writer {
  readonly account: string;
  readonly source: BookItem['source'];
  readonly now: number;
}

export function readBook(table: Table, bookId: string): Promise<Book | undefined> {
  return readRecord(table, bookRecord(bookId));
}

/** Changes a book, unless it is forgotten; see `updateRecord`. @throws Failure `retry`, code `conflict`. */
export function updateBook(
  table: Table,
  bookId: string,
  merge: (book: Book | undefined) => Book | undefined,
  known?: Book | null,
): Promise<Book | undefined> {
  return updateAnyBook(table, bookId, (book) => (isForgotten(book) ? book : merge(book)), known);
}

/** As `updateBook`, for the few writers of forgotten books. */
export function updateAnyBook(
  table: Table,
  bookId: string,
  merge: (book: Book | undefined) => Book | undefined,
  known?: Book | null,
): Promise<Book | undefined> {
  return updateRecord(table, bookRecord(bookId), merge, known);
}

/** A book whose data was removed permanently (docs/decisions/0019). */
export type ForgottenBook = Book & { readonly forgottenAt: string };

/** True if the book is forgotten: nothing is asked about it, and nothing of it is stored. */
export function isForgotten(book: Book | undefined): book is ForgottenBook {
  return book?.forgottenAt !== undefined;
}

/** A book known only from an event or a list; due at once, so that it is polled. */
export function newBook(
  bookId: string,
  ids: Pick<EventIds, 'bookUuid' | 'bookPk'> & { readonly name?: string | undefined },
  { account, source, now }: Writer,
): Book {
  return {
    bookId,
    item: 'BOOK',
    ...(ids.bookUuid !== undefined && { bookUuid: ids.bookUuid }),
    ...(ids.bookPk !== undefined && { bookPk: ids.bookPk }),
    ...(ids.name !== undefined && { name: ids.name }),
    account,
    source,
    generation: 1,
    // A book that was removed and created again must not look like the former one.
    revision: Math.floor(now),
    createdAt: iso(now),
    updatedAt: iso(now),
    dueAt: iso(now),
    dueShard: dueShard(bookId),
    entries: {},
  };
}

type Described = Partial<Readonly<Record<'xid' | 'bookType', unknown>>>;

/** True if a book already has the attributes from the account's list of books. */
export function isDescribed(known: Described, { xid, bookType }: Described): boolean {
  return (xid ?? known.xid) === known.xid && (bookType ?? known.bookType) === known.bookType;
}

/** Adds to a book its attributes from the account's list of books. @returns the same book if nothing is new. */
export function describeListed(book: Book, listed: Pick<Book, 'xid' | 'bookType'>): Book {
  if (isDescribed(book, listed)) return book;
  return { ...book, xid: listed.xid ?? book.xid, bookType: listed.bookType ?? book.bookType };
}

/** Makes a book due no later than `at`, in Unix milliseconds. */
export function dueBy(book: Book, at: number): Book {
  const dueAt = iso(at);
  if (book.dueAt !== undefined && book.dueAt <= dueAt) return book;
  return { ...book, dueAt, dueShard: dueShard(book.bookId) };
}

/**
 * Postpones the look at a book without reading it, since reading may be impossible, or may have failed. @param dueAt
 * Unix milliseconds.
 */
export async function postponeLook(table: Table, bookId: string, dueAt: number): Promise<void> {
  await table.update(
    { bookId, item: BOOK_ITEM },
    {
      set: { dueAt: iso(dueAt), dueShard: dueShard(bookId) },
      condition: { expression: 'attribute_exists(#item)', names: { '#item': 'item' } },
    },
  );
}

/** Writes a book on condition that it is unchanged since it was read. */
export function replaceBook(table: Table, current: Book | undefined, next: Book) {
  return replaceRecord(table, bookRecord(next.bookId), current, next);
}
