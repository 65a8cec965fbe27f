import { type Entries, markFor, NO_ENTRY } from '../../checklist/entry.ts';
import { BOOK_KINDS, CAPTURE_KINDS, KINDS, type ResultsPolicy } from '../../checklist/kinds.ts';
import { mayHave, policyFor } from '../../checklist/lines.ts';
import { digestOf, isCaptured, isCaptureEnded, isInOtherState } from '../../checklist/observation.ts';
import type { Timing } from '../../checklist/times.ts';
import type { BookObservation, ObservedDocument } from '../../events/observation.ts';
import { DELETED, UNLISTED } from '../../events/statuses.ts';
import type { hashesOf } from '../../ocrolus/parameters.ts';
import { type Book, dueBy, newBook, type Writer } from '../../store/books.ts';
import type { Document } from '../../store/documents.ts';
import { documentItem } from '../../store/keys.ts';
import { iso } from '../../time.ts';
import type { Read } from '../read.ts';

/**
 * Completes an observation with what Book status does not show: from the stored book, classes, if left out, and second
 * uuids, which only events have; from the stage, the parameters of its calls. A document has a class of its own only if that
 * is not its book's.
 */
export function completed(
  observation: BookObservation,
  { book, documents }: Pick<Read, 'book' | 'documents'>,
  parameters: ReturnType<typeof hashesOf>,
): BookObservation {
  const bookClass = observation.bookClass ?? book?.bookClass;
  const listed = observation.documents.map((document) => {
    const { otherUuid, documentClass = bookClass } = documents.get(document.docUuid) ?? {};
    const own = document.documentClass ?? documentClass;
    return {
      ...document,
      ...(otherUuid !== undefined && { otherUuid }),
      documentClass: own === bookClass ? undefined : own,
      parameters: parameters.document,
    };
  });
  return {
    ...observation,
    bookClass,
    parameters: parameters.book,
    documents: listed,
  };
}

/** A document in an observation. */
export interface DocumentObservation {
  readonly bookId: string;
  readonly document: ObservedDocument;
  readonly observedAt: string;
  /** Generation of the book. */
  readonly generation: number;
}

/** True if nothing that matters differs. Name and pages do not matter; a pk that was missing does, for requests. */
export function isStoredAs(known: Document | undefined, observed: ObservedDocument): boolean {
  if (known === undefined || isInOtherState(known, observed)) return false;
  const isNew = (name: 'docPk' | 'imageGroupPk') => known[name] === undefined && observed[name] !== undefined;
  if (isNew('docPk') || isNew('imageGroupPk')) return false;
  return known.rejectionReason === observed.rejectionReason;
}

/**
 * Applies an observation to a document; an older one changes nothing. Another state is a mark: its results may be
 * new, and are asked for after the grace time, in which an event may announce them.
 */
export function observeDocument(
  known: Document | undefined,
  { bookId, document, observedAt, generation }: DocumentObservation,
  timing: Timing,
): Document {
  if (known !== undefined && (known.observedAt > observedAt || isStoredAs(known, document))) return known;
  const { docUuid, docPk, name, status, pages, imageGroupPk, mixed } = document;
  const isMarked = known !== undefined && isInOtherState(known, document);
  return {
    ...known,
    bookId,
    item: documentItem(docUuid),
    docUuid,
    status,
    documentClass: document.documentClass,
    parameters: document.parameters,
    rejectionReason: document.rejectionReason,
    rejectionReasonDescription: document.rejectionReasonDescription,
    observedAt,
    generation,
    revision: known?.revision ?? 0,
    entries: isMarked ? withMarks(known.entries, timing) : (known?.entries ?? {}),
    ...(docPk !== undefined && { docPk }),
    ...(name !== undefined && { name }),
    ...(pages !== undefined && { pages }),
    ...(imageGroupPk !== undefined && { imageGroupPk }),
    mixed: mixed === true ? true : undefined,
  };
}

/** Applies to a document an observation of its book that does not list it. */
export function unlistDocument(known: Document, observedAt: string, timing: Timing): Document {
  if (known.observedAt >= observedAt || known.status === UNLISTED) return known;
  return { ...known, status: UNLISTED, observedAt, entries: withMarks(known.entries, timing) };
}

function withMarks(entries: Entries, { now, times }: Timing): Entries {
  const marked = CAPTURE_KINDS.map((kind) => [kind, markFor(entries[kind], now, now + times.grace)]);
  return { ...entries, ...Object.fromEntries(marked) };
}

export interface BookObserved {
  readonly observation: BookObservation;
  readonly writer: Writer;
  readonly policy: ResultsPolicy;
  readonly times: Timing['times'];
}

/**
 * Applies an observation to the book; an older one changes nothing, and `DELETED` is final. A change of a finished
 * book starts a new generation; when capture has ended, each of its results may be new (docs/design.md#one-rule).
 */
export function observeBook(book: Book | undefined, seen: BookObserved): Book {
  const { observation, writer, times } = seen;
  const { bookUuid: bookId, observedAt, name, bookPk, bookClass, status } = observation;
  if (book?.observedAt !== undefined && book.observedAt >= observedAt) return book;
  if (book?.status === DELETED && status !== DELETED) return book;
  const digest = digestOf(observation);
  const before = book ?? newBook(bookId, observation, writer);
  const isEnded = isCaptureEnded(observation);
  // An earlier version may have known another end.
  const isAsBefore = before.digest === digest && isEnded === (before.endedAt !== undefined);
  const described: Book = {
    ...before,
    bookUuid: bookId,
    // The account whose credentials showed the book owns it; an event may have come through another account.
    account: writer.account,
    source: isAsBefore ? before.source : writer.source,
    observedAt,
    status,
    documents: countByStatus(observation),
    parameters: observation.parameters,
    partial: observation.isPartial ?? (isDoubted(before, observedAt) ? true : undefined),
    refused: undefined,
    ...(name !== undefined && { name }),
    ...(bookPk !== undefined && { bookPk }),
    ...(bookClass !== undefined && { bookClass }),
  };
  if (isAsBefore) return described;
  const isDeleted = status === DELETED;
  const isReopened = before.endedAt !== undefined && !isDeleted;
  const changed: Book = {
    ...described,
    ...(isReopened && NO_PROGRESS),
    updatedAt: iso(writer.now),
    generation: before.generation + (isReopened ? 1 : 0),
    digest,
    changedAt: observedAt,
    endedAt: isEnded ? observedAt : undefined,
    hasResults: observation.documents.some(isCaptured),
    stuck: undefined,
    complete: isDeleted ? undefined : false,
    completeAt: undefined,
    open: isDeleted ? undefined : (before.open ?? []),
  };
  const marked = changed.endedAt === undefined ? changed : { ...changed, entries: marksOfEnd(changed, seen) };
  const dueAt = writer.now + times.grace;
  return book === undefined ? { ...marked, dueAt: iso(dueAt) } : dueBy(marked, dueAt);
}

/** True while Book status may lag behind an event: until then, an answer without the announced state proves nothing. */
export function isDoubted(
  { partial, again = '' }: Pick<Book, 'partial' | 'again'>,
  observedAt: string,
): boolean {
  return partial === true && again > observedAt;
}

/** Entries at the end of capture: results that may be new are marked, others are probed. */
function marksOfEnd(book: Book, { policy, writer: { now }, times }: BookObserved): Entries {
  const entries = { ...book.entries };
  for (const kind of BOOK_KINDS) {
    const entry = entries[kind] ?? NO_ENTRY;
    const own = policyFor(policy, kind, book.bookClass);
    const isOpen = entry.answered < entry.wanted;
    if (!(mayHave(book, kind) || isOpen)) continue;
    // A result that has an answer is marked under any policy, which may change later.
    if (own === 'always' || isOpen || entry.state !== undefined) {
      entries[kind] = markFor(entry, now, now + times.grace);
    } else if (own !== 'never' && KINDS[kind].probe) {
      entries[kind] = { ...entry, nextAt: iso(now + (times.probes[0] ?? times.day)) };
    }
  }
  return entries;
}

/** Progress that a new generation does not have yet. Results of the earlier one are kept. */
const NO_PROGRESS = {
  capture: undefined,
  analytics: undefined,
  detect: undefined,
  income: undefined,
  completed: undefined,
};

function countByStatus({ documents }: BookObservation): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of documents) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
