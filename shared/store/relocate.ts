import { type Entry, isNamedEntry, isOpen, wantOf } from '../checklist/entry.ts';
import { isDocumentKind } from '../checklist/kinds.ts';
import { isAskedAfter, rememberedEntry, withOpening } from '../checklist/opening.ts';
import type { ResultKind } from '../events/catalog.ts';
import { isNamedBy } from '../events/document-ref.ts';
import { inGroups } from '../in-groups.ts';
import {
  type Book,
  deleteBook,
  dueBy,
  isForgotten,
  newBook,
  readBook,
  updateBook,
  type Writer,
} from './books.ts';
import { type Document, openKinds, readDocuments, updateDocument, WRITES_AT_ONCE } from './documents.ts';
import { BOOK_ITEM } from './keys.ts';
import { IS_NOT_FINAL, RETRYING } from './ledger.ts';
import { forgetBoth } from './removal/tombstones.ts';
import type { Table } from './table.ts';
import { IS_ABSENT } from './table-expressions.ts';

/**
 * Moves the items that were stored while only a book's pk was known to the partition of its uuid (docs/data-model.md). First the
 * entries of its checklist, then the rest, then the book of the pk itself, which stays due until then. Items
 * that exist already stay. Idempotent.
 *
 * A book that turns out to be forgotten by one of its ids is forgotten by both: the poller removes the moved items.
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
      item.outcome === RETRYING ? IS_ABSENT : IS_NOT_FINAL,
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
  const opened = await openDocuments(table, bookUuid, from, writer.now);
  const to = isForgotten(from)
    ? from
    : await updateBook(table, bookUuid, (book) =>
        adopt(book ?? newBook(bookUuid, { bookUuid }, writer), from, opened, writer.now),
      );
  if (isForgotten(to)) {
    await forgetBoth(table, fromBookId, bookUuid, writer);
    return moved;
  }
  // Where it has been changed in the meantime it stays, due, and is moved again.
  await deleteBook(table, from);
  return moved + 1;
}

/**
 * Opens the results that events have named of documents while only the pk was known, and none of the documents.
 *
 * @returns the kinds of which some document has an open entry now.
 */
async function openDocuments(table: Table, bookUuid: string, from: Book, now: number): Promise<ResultKind[]> {
  const named = Object.entries(from.entries)
    .map(([name, { openedAt, openedBefore }]) => ({ ...wantOf(name, from.bookId), openedBefore, openedAt }))
    .filter(({ kind }) => isDocumentKind(kind));
  if (named.length === 0) return [];
  const opened = new Set<ResultKind>();
  await inGroups([...(await readDocuments(table, bookUuid)).values()], WRITES_AT_ONCE, async (known) => {
    const own = named.filter(({ subject }) => subject === from.bookId || isNamedBy(known, subject));
    if (own.length === 0) return;
    const open = (document: Document, { kind, openedBefore, openedAt }: (typeof own)[number]) =>
      [openedBefore, openedAt].reduce(
        (next, event) => (event === undefined ? next : openKinds(next, [kind], event, now)),
        document,
      );
    const stored = await updateDocument(
      table,
      known,
      (document) => document && own.reduce(open, document),
      known,
    );
    for (const { kind } of own) if (isOpen(stored?.entries[kind])) opened.add(kind);
  });
  return [...opened];
}

/** The book of the uuid with the entries of the book of the pk, which only an event can have opened. */
function adopt(book: Book, from: Book, ofDocuments: readonly ResultKind[], now: number): Book {
  const added: Record<string, Entry> = {};
  const remembered: Record<string, Entry> = {};
  for (const [name, entry] of Object.entries(from.entries)) {
    const own = book.entries[name];
    const openedAt = entry.openedAt ?? entry.since;
    if (isDocumentKind(wantOf(name, from.bookId).kind)) {
      // The document may not be stored yet.
      if (isNamedEntry(name)) remembered[name] = own ?? rememberedEntry(book.generation, openedAt, now);
      continue;
    }
    if (own !== undefined && isAskedAfter(own, openedAt)) continue;
    const isOpenLater = own !== undefined && isOpen(own) && (own.openedAt ?? '') >= openedAt;
    if (isOpenLater && withOpening(own, openedAt) === own) continue;
    added[name] = isOpenLater ? withOpening(own, openedAt) : { ...entry, version: book.generation };
  }
  const entries = Object.values(added);
  const known = { ...book, entries: { ...book.entries, ...remembered } };
  if (entries.length === 0 && ofDocuments.length === 0) return known;
  const dueAts = entries.map(({ nextAt, since }) => Date.parse(nextAt ?? since));
  const open = [...new Set([...(book.open ?? []), ...ofDocuments])].sort();
  const adopted: Book = {
    ...known,
    entries: { ...known.entries, ...added },
    complete: false,
    completeAt: undefined,
    ...(ofDocuments.length > 0 && { open, settled: undefined }),
  };
  return dueBy(adopted, Math.min(...dueAts, ...(ofDocuments.length > 0 ? [now] : [])));
}
