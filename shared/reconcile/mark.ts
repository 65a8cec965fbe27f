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
 * Marks say that a result may be new. They are written before anything is asked, so the result is asked for, whatever
 * happens to the message afterwards (docs/design.md#who-marks).
 */

/** Maximum number of entries of requests and businesses in a book: its item must stay below 400 KB. */
const MAX_NAMED = 500;

/** Maximum number of closed entries among these. The oldest add nothing to their results. */
const MAX_CLOSED = 100;

/** Failure code: the message has to wait until other results of its book are answered. */
export const TOO_MANY_OPEN = 'too-many-open';

/** Drops the oldest closed entries of requests and businesses. */
export function withoutOldest(entries: Entries): Record<string, Entry> {
  const closed = Object.entries(entries).filter(
    ([name, entry]) => isOfSubject(name) && entry.answered >= entry.wanted && entry.nextAt === undefined,
  );
  closed.sort(([, one], [, other]) => one.answered - other.answered);
  const old = new Set(closed.slice(0, Math.max(0, closed.length - MAX_CLOSED)).map(([name]) => name));
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !old.has(name)));
}

/**
 * Marks results of the book. The book is then incomplete, and is looked at if nothing else asks for them.
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
    const isUnwanted = policyFor(policy, want.kind, book.bookClass) === 'never';
    // A stored result that is not wanted now may be wanted later.
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

/** Name of a result while its book is reconciled. */
export function lineName({ kind, subject }: Want): string {
  return `${kind} ${subject}`;
}

/** Marks of events on one document. */
export interface DocumentMarks {
  readonly kinds: Set<ResultKind>;
  /** Reason why Detect could not process it. */
  failure?: string;
  /** Second uuid of the document, which only the event has. */
  otherUuid?: string;
}

/** Marks of events on the documents that they name, by uuid. */
export function marksOfDocuments(
  announcements: readonly Announcement[],
  listed: Iterable<NamedDocument>,
): Map<string, DocumentMarks> {
  const all = [...listed];
  const marks = new Map<string, DocumentMarks>();
  for (const announcement of announcements) {
    const { documents, documentKinds, isSummary, ids, detectFailure } = announcement;
    if (isSummary) continue;
    for (const { docUuid, mixed } of documentsNamed(announcement, all)) {
      const own = marks.get(docUuid) ?? { kinds: new Set() };
      marks.set(docUuid, own);
      for (const kind of documentKinds) if (kind !== 'signals' || mixed !== true) own.kinds.add(kind);
      if (detectFailure !== undefined) own.failure = detectFailure;
      if (documents === 'named' && ids.docUuid !== undefined && ids.docUuid !== docUuid)
        own.otherUuid = ids.docUuid;
    }
  }
  return marks;
}

/**
 * Results of the book that an event names; also its signals, if the event is about those of a document that is not listed,
 * or of a PDF that was split.
 */
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
  const named = documentsNamed(announcement, listed);
  if (!isOfDetect || named.some((one) => isListed(one) && one.mixed !== true)) return [...own];
  return [...own, { kind: 'signals', subject: bookId }];
}

/** Applies the marks of events to a document. */
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
 * Marks a document after `BOOK_VERIFIED` was repeated, long after the end of capture, while Book status shows nothing
 * new: the document may have been corrected in place. A recent mark was probably for the same correction; then the
 * document is asked for once more later.
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
 * Marks the results of the book that are computed from its documents, before a body of a document is stored: a later
 * write could be lost with the function. An event may announce them within the grace time.
 *
 * @param isFirst true for the first body of a document: only results that are stored, or were asked for, may have
 * been computed without it.
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
        const isExpected = policyFor(dependencies.policy, kind, book.bookClass) === 'always';
        return isFirst ? isKnown && !isWaiting : isKnown || isExpected;
      })
      .map((kind) => ({ kind, subject: bookId }));
    return markResults(book, wants, context, now + dependencies.times.grace);
  });
}

/** Marks results of the book, to be asked for at once, whatever happens to the answer that requires them. */
export async function markAtOnce(context: Context, wants: readonly Want[]): Promise<void> {
  await updateBook(context.table, context.bookId, (book) => book && markResults(book, wants, context));
}

/**
 * Notes in the book that a message about it was received before: another function may still be processing it, or may
 * have died. The book is not complete before it is settled, and is looked at when any such function has ended,
 * whatever another look concludes meanwhile.
 */
export function noteRepetition(book: Book, { dependencies: { times }, now }: Context): Book {
  const again = now + times.run;
  // Another message has just noted the same.
  const noted = Date.parse(book.again ?? '');
  const isNoted = noted > again - times.run / 2 && noted <= again;
  const isComplete = book.complete !== undefined && { complete: false, completeAt: undefined };
  return dueBy({ ...book, ...isComplete, again: isNoted ? book.again : iso(again) }, again);
}
