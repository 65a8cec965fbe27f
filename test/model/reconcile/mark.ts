import { DAY, FIFTEEN, GRACE, mark, markLater, NO_ENTRY } from '../entry.ts';
import { isExpected, mayHave, type Policies } from '../lines.ts';
import type { WorldEvent } from '../ocrolus.ts';
import {
  BOOK_KINDS,
  type BookItem,
  type BookKind,
  type Doc,
  type DocItem,
  type DocStatus,
  dueBy,
} from '../table.ts';
import { type Announcement, type Process, type Steps, updateBook } from './process.ts';

/** Marks (shared/reconcile/mark.ts) are written before anything is asked. */

/** Results of the book that an event names: only the one of the book announces pay stubs. */
export function bookKindsOf(name: WorldEvent['name']): readonly BookKind[] {
  const kinds = { doc: [], book: ['stubs'], analytics: ['summary'], income: ['income'] } as const;
  return kinds[name];
}

/** The documents that an event names. */
export function docsOf(event: WorldEvent, listed: ReadonlyMap<Doc, { readonly status: DocStatus }>): Doc[] {
  if ('doc' in event) return listed.has(event.doc) ? [event.doc] : [];
  return event.name === 'book'
    ? [...listed].flatMap(([doc, { status }]) => (status === 'verified' ? [doc] : []))
    : [];
}

/** Results of the book that events mark: of what the book's own event summarizes, only what is not stored. */
export function marksOfBook(
  policies: Policies,
  announcements: readonly Announcement[],
  book: BookItem | undefined,
): BookKind[] {
  return announcements.flatMap(({ event: { name } }) =>
    bookKindsOf(name).filter(
      (kind) => policies[kind] !== 'never' && !(name === 'book' && book?.entries[kind]?.isStored === true),
    ),
  );
}

/**
 * The book with marks on results of its own: it is not complete, and is looked at if nothing else asks for them.
 *
 * @param at what is derived is not asked for before this.
 */
export function markResults(
  { clock }: Process,
  book: BookItem,
  kinds: readonly BookKind[],
  at?: number,
): BookItem {
  if (kinds.length === 0) return book;
  const entries = { ...book.entries };
  for (const kind of kinds)
    entries[kind] = at === undefined ? mark(entries[kind], clock()) : markLater(entries[kind], clock(), at);
  const next = { ...book, entries, complete: false };
  const isScheduled = at === undefined && book.dueAt !== undefined;
  return isScheduled ? next : dueBy(next, at ?? clock() + FIFTEEN);
}

/** A document that no longer exists should have nothing. */
export function markDocument({ clock }: Process, item: DocItem): DocItem {
  if (item.status === 'unlisted') return item;
  return { ...item, forms: mark(item.forms, clock()) };
}

/** Marks a document that may have been corrected in place. A recent mark was probably for the same correction. */
export function markCorrection({ clock }: Process, item: DocItem): DocItem {
  if (item.status !== 'verified') return item;
  const isRecent = (item.forms?.wanted ?? 0) > (clock() - FIFTEEN) * 1000;
  return { ...item, forms: (isRecent ? markLater : mark)(item.forms, clock()) };
}

/**
 * What is computed from the documents, before a body of a document is stored that differs. It is asked for when those that were
 * marked before are: one request answers several corrections. With a first body, what waits will be computed from it.
 */
export function* markDerived(process: Process, isFirst: boolean): Steps<void> {
  const { system, clock } = process;
  const { policies } = system;
  yield;
  yield* updateBook(process, system.table.book, (book) => {
    if (book?.endedAt === undefined) return book;
    return BOOK_KINDS.reduce((next, kind) => {
      const { wanted, answered, tried, tries, nextAt = 0, isStored } = book.entries[kind] ?? NO_ENTRY;
      const isMissing = answered < wanted;
      const isPostponed = isMissing && tried === wanted && tries === 0 && nextAt > clock() + GRACE / 2;
      const isKnown = isStored === true || isMissing;
      const isWaiting = isMissing && tries === 0 && nextAt > clock();
      const isWanted = isFirst ? isKnown && !isWaiting : isKnown || isExpected(policies, book, kind);
      if (policies[kind] === 'never' || !isWanted) return next;
      return markResults(process, next, [kind], isPostponed ? nextAt : clock() + GRACE);
    }, book);
  });
}

/** Capture has ended: which results of the book may be new, and which are probed. */
export function marksOfEnd({ system, clock }: Process, book: BookItem): BookItem['entries'] {
  const { policies } = system;
  const entries = { ...book.entries };
  for (const kind of BOOK_KINDS) {
    const entry = entries[kind] ?? NO_ENTRY;
    const isOpen = entry.answered < entry.wanted;
    if (policies[kind] === 'never' || !(mayHave(book) || isOpen)) continue;
    if (policies[kind] === 'always' || isOpen || entry.isStored === true)
      entries[kind] = markLater(entry, clock());
    else entries[kind] = { ...entry, nextAt: clock() + DAY };
  }
  return entries;
}

/** A message was received before, and may still be at work in another function, or may die. */
export function noteRepetition({ clock }: Process, book: BookItem): BookItem {
  const again = clock() + FIFTEEN;
  const isNoted = book.again !== undefined && book.again > again - FIFTEEN / 2;
  return { ...dueBy(book, again), complete: false, again: isNoted ? book.again : again };
}
