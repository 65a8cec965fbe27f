import { type Entries, isNamedEntry, isOpen } from '../checklist/entry.ts';
import { digestOf, isCapturable, isCaptureEnded } from '../checklist/observation.ts';
import type { Times } from '../checklist/times.ts';
import type { BookObservation } from '../events/envelope.ts';
import type { EventIds } from '../events/ids.ts';
import { DELETED } from '../events/statuses.ts';
import { iso } from '../time.ts';
import { parseEntries, serializeEntries } from './entries.ts';
import { BookItem, type Outcome } from './items.ts';
import { BOOK_ITEM, dueShard } from './keys.ts';
import { type RecordAt, type RecordType, readRecord, replaceRecord, updateRecord } from './records.ts';
import type { Table } from './table.ts';

export type WriteOutcome = Extract<Outcome, 'applied' | 'unchanged' | 'stale'>;

/** A book with its checklist. */
export type Book = BookItem & { readonly entries: Entries };

const BOOK: RecordType<Book> = {
  parse: (item) => ({ ...BookItem.parse(item), entries: parseEntries(item) }),
  serialize: ({ entries, ...book }) => ({ ...book, ...serializeEntries(entries) }),
};

function bookRecord(bookId: string): RecordAt<Book> {
  return { key: { bookId, item: BOOK_ITEM }, type: BOOK };
}

/** Who writes. `now`: Unix milliseconds. */
export interface Writer {
  readonly account: string;
  readonly source: BookItem['source'];
  readonly now: number;
}

export function readBook(table: Table, bookId: string): Promise<Book | undefined> {
  return readRecord(table, bookRecord(bookId));
}

/**
 * Changes a book; see `updateRecord`. One that is forgotten stays as it is. @throws Failure `retry`, code `conflict`.
 */
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

/** Nothing is asked about a forgotten book, and nothing of it is stored. */
export function isForgotten(book: Book | undefined): book is ForgottenBook {
  return book?.forgottenAt !== undefined;
}

/** Removes a book, provided that it is still as it was read. @returns whether it was. */
export async function deleteBook(table: Table, { bookId, revision }: Book): Promise<boolean> {
  const { written } = await table.delete(
    { bookId, item: BOOK_ITEM },
    { expression: 'revision = :revision', values: { ':revision': revision } },
  );
  return written;
}

/** A book that only an event or a list has named: due at once, so that it is polled. */
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

/**
 * The book with the attributes that only the account's list of books has. @returns the same book where nothing is new.
 */
export function describeListed(book: Book, { xid, bookType }: Pick<Book, 'xid' | 'bookType'>): Book {
  const isKnown = (xid ?? book.xid) === book.xid && (bookType ?? book.bookType) === book.bookType;
  if (isKnown) return book;
  return { ...book, ...(xid !== undefined && { xid }), ...(bookType !== undefined && { bookType }) };
}

/** The book, due no later than a time. */
export function dueBy(book: Book, at: number): Book {
  const dueAt = iso(at);
  if (book.dueAt !== undefined && book.dueAt <= dueAt) return book;
  return { ...book, dueAt, dueShard: dueShard(book.bookId) };
}

/**
 * The book after an observation. Only a newer one changes anything, `DELETED` is final, and a finished book that is
 * observed otherwise starts a new generation, in which nothing is complete (docs/design.md#generations).
 *
 * @returns the same book where the observation is older than the stored one.
 */
export function observeBook(
  book: Book | undefined,
  observation: BookObservation,
  writer: Writer,
  times: Times,
): Book {
  const { bookUuid: bookId, observedAt } = observation;
  if (book?.observedAt !== undefined && book.observedAt >= observedAt) return book;
  if (book?.status === DELETED && observation.status !== DELETED) return book;
  const digest = digestOf(observation);
  const isAsBefore = book?.digest === digest && book.refused === undefined;
  if (book !== undefined && isAsBefore && isDescribedAs(book, observation)) return { ...book, observedAt };

  const before = book ?? newBook(bookId, observation, writer);
  const { name, bookPk, bookClass, status } = observation;
  const described: Book = {
    ...before,
    bookUuid: bookId,
    // The account whose credentials showed the book owns it; an event may have come through another account.
    account: writer.account,
    source: writer.source,
    updatedAt: iso(writer.now),
    observedAt,
    status,
    documents: countByStatus(observation),
    refused: undefined,
    stuck: undefined,
    ...(name !== undefined && { name }),
    ...(bookPk !== undefined && { bookPk }),
    ...(bookClass !== undefined && { bookClass }),
  };
  if (book?.digest === digest)
    return book.refused === undefined ? described : dueBy(described, writer.now + times.min);
  return changeDigest(described, observation, { digest, now: writer.now, times, isNew: book === undefined });
}

function changeDigest(
  book: Book,
  observation: BookObservation,
  {
    digest,
    now,
    times,
    isNew,
  }: {
    readonly digest: string;
    readonly now: number;
    readonly times: Times;
    readonly isNew: boolean;
  },
): Book {
  const isDeleted = observation.status === DELETED;
  const isEnded = isCaptureEnded(observation);
  // A finished book whose documents change was processed in between, whether or not that was observed.
  const isReopened = book.endedAt !== undefined && !isDeleted;
  const generation = book.generation + (isReopened ? 1 : 0);
  const progress = isReopened ? NO_PROGRESS : {};
  const nextAt = now + times.grace;
  const changed: Book = {
    ...book,
    ...progress,
    generation,
    entries: isReopened ? carryOver(book.entries, generation) : book.entries,
    digest,
    changedAt: observation.observedAt,
    endedAt: isEnded ? observation.observedAt : undefined,
    hasResults: observation.documents.some(isCapturable),
    settled: undefined,
    complete: isDeleted ? undefined : false,
    completeAt: undefined,
    ...(isDeleted && { open: undefined }),
    // An announcement counts as missed only after the webhook has had time to arrive.
    round: { digest, count: 0, nextAt: iso(nextAt) },
  };
  return isNew ? { ...changed, dueAt: iso(nextAt) } : dueBy(changed, nextAt);
}

/**
 * Entries of a request or a business, which do not belong to the documents, are carried over to the new generation. So are
 * signals that an event has named: the earlier documents keep theirs, and nothing else would ask for them again.
 */
function carryOver(entries: Entries, generation: number): Entries {
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => {
      if (isNamedEntry(name)) return [name, { ...entry, version: generation }];
      const isAnnounced = isOpen(entry) && entry.version === generation - 1 && entry.openedAt !== undefined;
      return [
        name,
        name === 'signals' && isAnnounced
          ? { ...entry, version: generation, partialSince: undefined }
          : entry,
      ];
    }),
  );
}

/** A new generation has none of these yet; results of the earlier one are kept. */
const NO_PROGRESS = {
  capture: undefined,
  analytics: undefined,
  detect: undefined,
  income: undefined,
  completed: undefined,
};

function isDescribedAs(book: Book, { name, bookPk, bookClass }: BookObservation): boolean {
  return (
    (name === undefined || book.name === name) &&
    (bookPk === undefined || book.bookPk === bookPk) &&
    (bookClass === undefined || book.bookClass === bookClass)
  );
}

function countByStatus({ documents }: BookObservation): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of documents) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Writes a book on condition that it is still as it was read. */
export function replaceBook(table: Table, current: Book | undefined, next: Book) {
  return replaceRecord(table, bookRecord(next.bookId), current, next);
}
