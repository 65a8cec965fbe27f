import { isEqual } from '../../../shared/store/is-equal.ts';
import { FIFTEEN, GRACE, markLater, SOON } from '../entry.ts';
import { bookStatus } from '../ocrolus.ts';
import {
  type BookItem,
  type Digest,
  DOCS,
  type DocItem,
  type DocStatus,
  dueBy,
  isCaptureEnded,
  newBook,
} from '../table.ts';
import {
  docsOf,
  markCorrection,
  markDocument,
  markResults,
  marksOfBook,
  marksOfEnd,
  noteRepetition,
} from './mark.ts';
import { type Announcement, call, type Process, read, type Steps, updateBook, updateDoc } from './process.ts';

type Observation = NonNullable<Process['observation']>;

/**
 * Asks Book status where it is needed, and writes what it shows and what events name (shared/reconcile/observe.ts).
 *
 * @returns `false`: Book status does not answer a look.
 */
export function* observe(process: Process): Steps<boolean> {
  const { system, announcements, look, clock } = process;
  const repeated = announcements.filter(isRepeated);
  if (repeated.length > 0 || look?.isRepeated === true) yield* markStored(process, repeated, true);
  const needing = announcements.filter((one) => needsStatus(process, one));
  if (look !== undefined || needing.length > 0) {
    const askedAt = clock();
    const failure = yield* call(process);
    if (failure === undefined) {
      process.observation = { askedAt, shown: bookStatus(system.truth, system.now()) };
      // Meanwhile, another event of a new book has probably written it.
      if (process.book?.observedAt === undefined && !(yield* read(process))) return false;
      yield* writeObservation(process, process.observation);
      return true;
    }
    if (look !== undefined && failure === 'failed')
      process.book = yield* updateBook(
        process,
        process.book,
        (book) => book && { ...book, dueAt: clock() + SOON },
      );
    if (announcements.length === 0) return false;
    process.isThrottled = failure === 'throttled';
    for (const one of needing) process.unready.add(one);
    yield* writeCorrected(process);
  }
  const first = announcements.filter((one) => !isRepeated(one));
  yield* markStored(process, first, false);
  return true;
}

function isRepeated({ receives }: Announcement): boolean {
  return receives > 1;
}

/** True if the stored state does not show what the event says. */
function needsStatus({ book, docs, clock }: Process, { event }: Announcement): boolean {
  if (book?.observedAt === undefined) return true;
  if (event.name === 'book') return book.endedAt === undefined || book.endedAt < clock() - FIFTEEN;
  return 'doc' in event && docs.get(event.doc)?.status !== 'verified';
}

/** Writes what events name without an observation: the book first, because a message that was received before may die. */
function* markStored(process: Process, own: readonly Announcement[], isRepetition: boolean): Steps<void> {
  const { system, clock, unready, marked } = process;
  const listed = new Map(process.docs);
  const named = marksOfBook(system.policies, own, process.book);
  if (isRepetition || unready.size > 0 || named.length > 0)
    process.book = yield* updateBook(process, process.book, (current) => {
      if (current === undefined && own.length === 0) return undefined;
      const kinds = marksOfBook(system.policies, own, current);
      const book = markResults(process, current ?? newBook(clock()), kinds);
      const due = unready.size > 0 ? dueBy(book, clock() + SOON) : book;
      return isRepetition ? noteRepetition(process, due) : due;
    });
  for (const doc of own.flatMap(({ event }) => (event.name === 'doc' ? docsOf(event, listed) : []))) {
    if (marked.has(doc)) continue;
    yield* updateDoc(process, doc, (item) => item && markDocument(process, item));
    marked.add(doc);
  }
  for (const kind of named) marked.add(kind);
}

/** The documents, then the book. */
function* writeObservation(process: Process, observation: Observation): Steps<void> {
  const { system, announcements, clock, book, marked } = process;
  const { shown } = observation;
  yield* writeDocs(process, observation, book);
  const own = announcements.filter((one) => !isRepeated(one));
  const named = marksOfBook(system.policies, own, book);
  process.book = yield* updateBook(process, book, (current) => {
    if (current === undefined && announcements.length === 0) return undefined;
    if (current !== undefined && !matters(current, shown) && named.length === 0) return current;
    const next = markResults(process, observeBook(process, current ?? newBook(clock()), observation), named);
    // Only settle finds a book complete.
    return { ...next, complete: false };
  });
  for (const kind of named) marked.add(kind);
  for (const one of announcements) if (!isShown(one, shown)) process.unready.add(one);
}

/** True if later steps depend on the observation; the next look writes other changes of an active book. */
function matters(book: BookItem, shown: Digest): boolean {
  if (book.observedAt === undefined || book.digest?.book !== shown.book) return true;
  return (book.endedAt !== undefined || isCaptureEnded(shown)) && !isEqual(book.digest, shown);
}

/** True if Book status shows what an event announces. */
function isShown({ event }: Announcement, { book, docs }: Digest): boolean {
  if (event.name === 'book') return isCaptureEnded({ book, docs });
  return !('doc' in event) || docs[event.doc] === 'verified' || docs[event.doc] === 'rejected';
}

function* writeDocs(process: Process, observation: Observation, book: BookItem | undefined): Steps<void> {
  const { announcements, marked } = process;
  const { shown, askedAt } = observation;
  const isCorrected = mayBeCorrected(process, book, shown);
  for (const doc of DOCS) {
    const status = shown.docs[doc];
    const isNamed = announcements.some(({ event }) => 'doc' in event && event.doc === doc);
    const isMarked = isNamed && !marked.has(doc) && status !== 'unlisted';
    yield* updateDoc(process, doc, (current) => {
      const next = observeDoc(process, current, status, askedAt);
      if (next === undefined) return undefined;
      if (isMarked) return markDocument(process, next);
      return isCorrected ? markCorrection(process, next) : next;
    });
    if (isMarked || (isCorrected && status === 'verified')) marked.add(doc);
  }
}

/** `BOOK_VERIFIED` is said again, long after the end of capture, and Book status shows nothing that changed, or nothing at all. */
function mayBeCorrected({ announcements, clock }: Process, book?: BookItem, shown?: Digest) {
  if (book?.endedAt === undefined) return false;
  const isSaid = announcements.some(({ event }) => event.name === 'book') && clock() - book.endedAt > FIFTEEN;
  return isSaid && (shown === undefined || isEqual(book.digest, shown));
}

/** The same without an answer of Book status. */
function* writeCorrected(process: Process): Steps<void> {
  if (!mayBeCorrected(process, process.book)) return;
  for (const [doc, { status }] of process.docs) {
    if (status !== 'verified' || process.marked.has(doc)) continue;
    yield* updateDoc(process, doc, (item) => item && markCorrection(process, item));
    process.marked.add(doc);
  }
}

/** The document as it was observed: another status may have changed its forms. */
function observeDoc(
  { clock }: Process,
  known: DocItem | undefined,
  status: DocStatus,
  askedAt: number,
): DocItem | undefined {
  if (known === undefined)
    return status === 'unlisted' ? undefined : { revision: 0, status, observedAt: askedAt };
  const isOld = status === 'unlisted' ? known.observedAt >= askedAt : known.observedAt > askedAt;
  if (isOld || known.status === status) return known;
  return { ...known, status, observedAt: askedAt, forms: markLater(known.forms, clock()) };
}

/** The book after an observation; an older one changes nothing. When capture has ended, each of its results may be new. */
function observeBook(process: Process, book: BookItem, { shown, askedAt }: Observation): BookItem {
  if (book.observedAt !== undefined && book.observedAt >= askedAt) return book;
  const described = { ...book, observedAt: askedAt };
  if (isEqual(book.digest, shown)) return described;
  const endedAt = isCaptureEnded(shown) ? askedAt : undefined;
  const changed = { ...described, digest: shown, changedAt: askedAt, endedAt, complete: false };
  const entries = endedAt === undefined ? changed.entries : marksOfEnd(process, changed);
  return dueBy({ ...changed, entries }, process.clock() + GRACE);
}
