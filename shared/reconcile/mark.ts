import {
  type Entries,
  type Entry,
  entryName,
  isOfSubject,
  mark,
  markFor,
  NO_ENTRY,
} from '../checklist/entry.ts';
import { BOOK_KINDS } from '../checklist/kinds.ts';
import { isDerived, policyFor } from '../checklist/lines.ts';
import { isCaptured, isListed } from '../checklist/observation.ts';
import type { ResultKind, Want } from '../events/result-kinds.ts';
import { Failure } from '../failure.ts';
import { type Book, dueBy, updateBook } from '../store/books.ts';
import type { Document } from '../store/documents.ts';
import { iso } from '../time.ts';
import { type Announcement, documentsNamed, type NamedDocument } from './announcement.ts';
import type { Context } from './context.ts';
import { withDetectFailure } from './detect.ts';

/**
 * Marks say that a result may be new. They are written before anything is asked, so that whatever happens to the message
 * afterwards, the result is asked for (docs/design.md#who-marks).
 */

/** Entries of requests and businesses, beyond which a book gets no more: its item must stay below 400 KB. */
const MAX_NAMED = 500;

/** Of these, closed ones that it keeps: the oldest say nothing that its results do not say. */
const MAX_CLOSED = 100;

/** The code of a failure: the message has to wait until other results of its book are answered. */
export const TOO_MANY_OPEN = 'too-many-open';

/** The entries of a book without the oldest closed ones of requests and businesses. */
export function withoutOldest(entries: Entries): Record<string, Entry> {
  const closed = Object.entries(entries).filter(
    ([name, entry]) => isOfSubject(name) && entry.answered >= entry.wanted && entry.nextAt === undefined,
  );
  closed.sort(([, one], [, other]) => one.answered - other.answered);
  const old = new Set(closed.slice(0, Math.max(0, closed.length - MAX_CLOSED)).map(([name]) => name));
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !old.has(name)));
}

/**
 * The book with marks on results of its own. It is not complete, and is looked at if nothing else asks for them.
 *
 * @throws Failure `retry`, code {@link TOO_MANY_OPEN}
 */
export function markResults(
  book: Book,
  wants: readonly Want[],
  { dependencies: { policy, times }, now }: Context,
  at?: number,
): Book {
  if (wants.length === 0) return book;
  const entries = withoutOldest(book.entries);
  const marked = new Set<ResultKind>();
  const named = Object.keys(entries).filter(isOfSubject).length;
  for (const want of wants) {
    const name = entryName(want, book.bookId);
    const isUnwanted = policyFor(policy, want.kind, { book: book.bookClass }) === 'never';
    // What is stored and not wanted now may be wanted later.
    if (isUnwanted && entries[name]?.state === undefined) continue;
    const isMore = entries[name] === undefined && isOfSubject(name);
    if (isMore && named >= MAX_NAMED) throw new Failure('retry', TOO_MANY_OPEN);
    entries[name] = at === undefined ? mark(entries[name], now) : markFor(entries[name], now, at);
    if (!isUnwanted) marked.add(want.kind);
  }
  if (marked.size === 0) return { ...book, entries };
  const isScheduled = at === undefined && book.dueAt !== undefined;
  const due = isScheduled ? { ...book, entries } : dueBy({ ...book, entries }, at ?? now + times.run);
  if (book.complete === undefined) return due;
  const open = [...new Set([...(book.open ?? []), ...marked])].sort();
  return { ...due, open, complete: false, completeAt: undefined };
}

/** Names a result while its book is reconciled. */
export function lineName({ kind, subject }: Want): string {
  return `${kind} ${subject}`;
}

/** What events say of one document. */
export interface DocumentMarks {
  readonly kinds: Set<ResultKind>;
  /** Why Detect could not process it. */
  failure?: string;
  /** Another uuid of it, which only the event has. */
  otherUuid?: string;
}

/** What events say of the documents that they name, by uuid. */
export function marksOfDocuments(
  announcements: readonly Announcement[],
  listed: Iterable<NamedDocument>,
): Map<string, DocumentMarks> {
  const all = [...listed];
  const marks = new Map<string, DocumentMarks>();
  for (const announcement of announcements) {
    const { documents, documentKinds, isSummary, ids, detectFailure } = announcement;
    if (isSummary) continue;
    for (const { docUuid } of documentsNamed(announcement, all)) {
      const own = marks.get(docUuid) ?? { kinds: new Set() };
      marks.set(docUuid, own);
      for (const kind of documentKinds) own.kinds.add(kind);
      if (detectFailure !== undefined) own.failure = detectFailure;
      if (documents === 'named' && ids.docUuid !== undefined && ids.docUuid !== docUuid)
        own.otherUuid = ids.docUuid;
    }
  }
  return marks;
}

/** The results of the book that an event names, and its signals for a document of Detect that is not listed. */
export function marksOfBook(
  announcement: Announcement,
  book: Book | undefined,
  listed: Iterable<NamedDocument>,
  bookId: string,
): Want[] {
  const { wants, isSummary, documents, documentKinds } = announcement;
  const isStored = (want: Want) => book?.entries[entryName(want, bookId)]?.state === 'stored';
  const own = isSummary ? wants.filter((want) => !isStored(want)) : wants;
  const isOfDetect = documents === 'named' && documentKinds.includes('signals');
  if (!isOfDetect || documentsNamed(announcement, listed).some(isListed)) return [...own];
  return [...own, { kind: 'signals', subject: bookId }];
}

/** The document with what events say of it. */
export function markDocument(document: Document, marks: DocumentMarks | undefined, now: number): Document {
  if (marks === undefined) return document;
  const { kinds, failure, otherUuid } = marks;
  const marked = [...kinds].map((kind) => [kind, mark(document.entries[kind], now)]);
  const next = {
    ...document,
    entries: { ...document.entries, ...Object.fromEntries(marked) },
    ...(otherUuid !== undefined && { otherUuid }),
  };
  return failure === undefined ? next : withDetectFailure(next, failure);
}

/**
 * The document after `BOOK_VERIFIED` was said again, long after the end of capture, while Book status shows nothing new: it may
 * have been corrected in place. If it was marked just now, that was probably for the same correction: it is asked for once more later.
 */
export function markCorrection(
  document: Document,
  kinds: readonly ResultKind[],
  { dependencies: { times }, now }: Context,
): Document {
  if (!isCaptured(document)) return document;
  const entries = { ...document.entries };
  for (const kind of kinds) {
    const { wanted } = entries[kind] ?? NO_ENTRY;
    const isRecent = wanted > now - times.repetition;
    entries[kind] = isRecent ? markFor(entries[kind], now, now + times.grace) : mark(entries[kind], now);
  }
  return { ...document, entries };
}

/**
 * Marks the results of the book that are computed from its documents, before a body of a document is stored: written later, the
 * mark could be lost with the function. An event may announce them within the grace time.
 *
 * @param isFirst the first body of a document: only what is stored, or was asked for, may have been computed without it.
 */
export async function markDerived(context: Context, isFirst: boolean): Promise<void> {
  const { table, bookId, dependencies, now } = context;
  await updateBook(table, bookId, (book) => {
    if (book?.endedAt === undefined) return book;
    const wants = BOOK_KINDS.filter(isDerived)
      .filter((kind) => {
        const { state, answered, wanted, tries, nextAt = '' } = book.entries[kind] ?? NO_ENTRY;
        const isOpen = answered < wanted;
        const isKnown = state === 'stored' || isOpen;
        const isWaiting = isOpen && tries === 0 && nextAt > iso(now);
        const isExpected = policyFor(dependencies.policy, kind, { book: book.bookClass }) === 'always';
        return isFirst ? isKnown && !isWaiting : isKnown || isExpected;
      })
      .map((kind) => ({ kind, subject: bookId }));
    return markResults(book, wants, context, now + dependencies.times.grace);
  });
}

/** Marks results of the book, to be asked for at once, whatever becomes of the answer that says so. */
export async function markAtOnce(context: Context, wants: readonly Want[]): Promise<void> {
  await updateBook(context.table, context.bookId, (book) => book && markResults(book, wants, context));
}

/**
 * The book, when a message about it was received before, and may still be at work in another function, or may die: it is not
 * complete before it is settled, and is looked at when that is over, whatever another look concludes meanwhile.
 */
export function noteRepetition(book: Book, { dependencies: { times }, now }: Context): Book {
  const again = now + times.run;
  // Another message has just noted the same.
  const noted = Date.parse(book.again ?? '');
  const isNoted = noted > again - times.run / 2 && noted <= again;
  const isComplete = book.complete !== undefined && { complete: false, completeAt: undefined };
  return dueBy({ ...book, ...isComplete, again: isNoted ? book.again : iso(again) }, again);
}
