import { mark, markFor, NO_ENTRY } from '../checklist/entry.ts';
import { isExpected, type LineName, mayHave, type Rules } from '../checklist/lines.ts';
import { DAY, FIFTEEN, GRACE } from '../checklist/times.ts';
import type { Doc, DocStatus, WorldEvent } from '../ocrolus/truth.ts';
import {
  BOOK_KINDS,
  type BookItem,
  type BookKind,
  DERIVED,
  type DocItem,
  type DocKind,
  dueBy,
} from '../table/items.ts';
import { type Announcement, type Process, type Steps, updateStored } from './process.ts';

/** Marks (shared/reconcile/mark.ts) are written before anything is asked. */

/** Results of the book that an event names: only the one of the book announces pay stubs. */
const NAMED: Readonly<Record<string, readonly BookKind[]>> = {
  book: ['stubs'],
  analytics: ['summary', 'rows'],
  income: ['income'],
  detect: ['signals'],
};

export function bookKindsOf(name: WorldEvent['name']): readonly LineName[] {
  return NAMED[name] ?? [];
}

/** The kind of results of documents that an event names. */
export function docKindOf({ name }: WorldEvent): DocKind | undefined {
  return name === 'signals' ? name : name === 'doc' || name === 'book' ? 'forms' : undefined;
}

/** The documents that an event names. */
export function docsOf(event: WorldEvent, listed: ReadonlyMap<Doc, { readonly status: DocStatus }>): Doc[] {
  if ('doc' in event) return listed.has(event.doc) ? [event.doc] : [];
  return event.name === 'book'
    ? [...listed].flatMap(([doc, { status }]) => (status === 'verified' ? [doc] : []))
    : [];
}

/** Results of the book that an event marks: of what it summarizes, only what is not stored. */
export function marksOfBook(
  { policies }: Rules,
  { event }: Announcement,
  book: BookItem | undefined,
  statusOf: (doc: Doc) => DocStatus,
): BookKind[] {
  const isOfBook = event.name === 'signals' && statusOf(event.doc) === 'unlisted';
  const own = isOfBook ? NAMED.detect : NAMED[event.name];
  return (own ?? []).filter(
    (kind) =>
      policies[kind] !== 'never' && !(event.name === 'book' && book?.entries[kind]?.state === 'stored'),
  );
}

/** The book with marks on results of its own: it is not complete, and is looked at if nothing else asks for them. */
export function markResults(
  { system, clock }: Process,
  book: BookItem,
  kinds: readonly BookKind[],
  at?: number,
): BookItem {
  const { design } = system.rules;
  if (kinds.length === 0) return book;
  const marked = kinds.map((kind) => {
    const entry = book.entries[kind];
    return [
      kind,
      at === undefined ? mark(design, entry, clock()) : markFor(design, entry, { clock: clock(), at }),
    ];
  });
  const next = { ...book, entries: { ...book.entries, ...Object.fromEntries(marked) }, complete: false };
  const isScheduled = at === undefined && book.dueAt !== undefined;
  return isScheduled ? next : dueBy(next, at ?? clock() + FIFTEEN);
}

/** A document that no longer exists should have nothing. */
export function markDocument({ system, clock }: Process, item: DocItem, kind: DocKind): DocItem {
  if (item.status === 'unlisted') return item;
  return {
    ...item,
    entries: { ...item.entries, [kind]: mark(system.rules.design, item.entries[kind], clock()) },
  };
}

/** Marks a document that may have been corrected in place. A recent mark was probably for the same correction. */
export function markCorrection({ system, clock }: Process, item: DocItem): DocItem {
  const { design } = system.rules;
  if (item.status !== 'verified') return item;
  const { forms } = item.entries;
  const isRecent = (forms?.wanted ?? 0) > (clock() - FIFTEEN) * 1000;
  if (isRecent && !design.correctionRepeats) return item;
  const later = { clock: clock(), at: clock() + GRACE };
  return {
    ...item,
    entries: {
      ...item.entries,
      forms: isRecent ? markFor(design, forms, later) : mark(design, forms, clock()),
    },
  };
}

/**
 * What is computed from the documents, before a body of a document is stored that differs. It is asked for when those that were
 * marked before are: one request answers several corrections. With a first body, what waits will be computed from it.
 */
export function* markDerived(process: Process, isFirst: boolean): Steps<void> {
  const { system, clock } = process;
  const { rules } = system;
  const { derivedRises, derivedWaits } = rules.design;
  yield* updateStored(process, (book) => {
    if (book.endedAt === undefined) return book;
    return DERIVED.reduce((next, kind) => {
      const entry = book.entries[kind] ?? NO_ENTRY;
      const { wanted, answered, tried, tries, nextAt = 0 } = entry;
      const isMissing = answered < wanted;
      const isPostponed = isMissing && tried === wanted && tries === 0 && nextAt > clock() + GRACE / 2;
      const isStored = entry.state === 'stored';
      const isKnown = isStored || isMissing;
      const isWaiting = isMissing && tries === 0 && nextAt > clock();
      const isWanted = isFirst ? isKnown && !isWaiting : isKnown || isExpected(rules, book, kind);
      if (rules.policies[kind] === 'never' || !isWanted || (isPostponed && !derivedRises)) return next;
      const at = isPostponed ? nextAt : clock() + GRACE;
      return markResults(process, next, [kind], derivedWaits ? at : undefined);
    }, book);
  });
}

/** Detect has refused the signals of a document: those of the book take their place. */
export function* markSignals(process: Process): Steps<void> {
  yield* updateStored(process, (book) => markResults(process, book, ['signals']));
}

/** Capture has ended: which results of the book may be new, and which are probed. */
export function marksOfEnd({ system, clock }: Process, book: BookItem): BookItem['entries'] {
  const { rules } = system;
  const { design, policies } = rules;
  const entries = { ...book.entries };
  for (const kind of BOOK_KINDS) {
    const entry = entries[kind] ?? NO_ENTRY;
    const isOpen = entry.answered < entry.wanted;
    if (policies[kind] === 'never' || !(mayHave(book) || isOpen)) continue;
    const isMarked = policies[kind] === 'always' || isOpen || entry.state === 'stored';
    if (isMarked || (design.probes && !design.probeIsNoMark))
      entries[kind] = markFor(design, entry, { clock: clock(), at: clock() + GRACE });
    else if (design.probes) entries[kind] = { ...entry, nextAt: clock() + DAY };
  }
  return entries;
}

/** A message was received before, and may still be at work in another function, or may die. */
export function noteRepetition({ system, clock }: Process, book: BookItem): BookItem {
  const again = clock() + FIFTEEN;
  const isNoted = book.again !== undefined && book.again > again - FIFTEEN / 2;
  const noted = { ...dueBy(book, again), complete: false };
  return system.rules.design.again ? { ...noted, again: isNoted ? book.again : again } : noted;
}
