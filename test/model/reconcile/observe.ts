import { isEqual } from '../../../shared/store/is-equal.ts';
import { markFor } from '../checklist/entry.ts';
import { FIFTEEN, GRACE, SOON } from '../checklist/times.ts';
import { bookStatus } from '../ocrolus/calls.ts';
import { DOCS, type DocStatus } from '../ocrolus/truth.ts';
import { type BookItem, type Digest, type DocItem, dueBy, newBook } from '../table/items.ts';
import {
  docKindOf,
  docsOf,
  markCorrection,
  markDocument,
  markResults,
  marksOfBook,
  marksOfEnd,
  noteRepetition,
} from './mark.ts';
import { type Announcement, call, type Process, type Steps, updateBook, updateDoc } from './process.ts';
import { read } from './read.ts';

/**
 * Asks Book status where it is needed, and writes what it shows and what events name (shared/reconcile/observe.ts).
 *
 * @returns `false`: Book status does not answer a look.
 */
export function* observe(process: Process): Steps<boolean> {
  const { system, announcements, look, clock } = process;
  const { design } = system.rules;
  const repeated = announcements.filter(({ receives }) => receives > 1);
  if (
    (repeated.length > 0 && design.secondReceiveWritesBook) ||
    (look?.isRepeated === true && design.lookNotesRepeat)
  )
    yield* markStored(process, repeated, true);
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
  const first = announcements.filter(({ receives }) => receives === 1 || !design.secondReceiveWritesBook);
  yield* markStored(process, first, false);
  return true;
}

/** True if the stored state does not show what the event says. */
function needsStatus({ book, docs, clock }: Process, { event }: Announcement): boolean {
  if (book?.observedAt === undefined) return true;
  if (event.name === 'book') return book.endedAt === undefined || book.endedAt < clock() - FIFTEEN;
  if (!('doc' in event)) return false;
  const named = docs.get(event.doc);
  return named === undefined || (event.name === 'doc' && named.status !== 'verified');
}

/** True if a delivery marks at this receive. */
function marksNow({ system }: Process, { receives }: Announcement): boolean {
  return system.rules.design.firstReceiveMarks || receives > 1;
}

/** Writes what events name without an observation. For messages that were received before, the book first. */
function* markStored(process: Process, own: readonly Announcement[], isRepetition: boolean): Steps<void> {
  const { system, clock, unready } = process;
  const { design } = system.rules;
  const listed = new Map(process.docs);
  const kindsOf = (book: BookItem | undefined) =>
    own.flatMap((one) =>
      marksOfBook(system.rules, one, book, (doc) => listed.get(doc)?.status ?? 'unlisted'),
    );
  const named = kindsOf(process.book);
  const isWritten = isRepetition || unready.size > 0 || named.length > 0;
  const merge = (current: BookItem | undefined) => {
    if (current === undefined && own.length === 0) return undefined;
    const book = current ?? newBook(clock());
    const isMarking = own.every((one) => marksNow(process, one));
    const marked = isMarking ? markResults(process, book, kindsOf(current)) : book;
    const due = unready.size > 0 ? dueBy(marked, clock() + SOON) : marked;
    return isRepetition ? noteRepetition(process, due) : due;
  };
  if (isWritten && design.dueBeforeMark) process.book = yield* updateBook(process, process.book, merge);
  for (const one of own) {
    const kind = docKindOf(one.event);
    if (one.event.name === 'book' || kind === undefined) continue;
    for (const doc of docsOf(one.event, listed)) {
      if (process.marked.has(`${doc}/${kind}`)) continue;
      if (marksNow(process, one))
        yield* updateDoc(process, doc, (item) => item && markDocument(process, item, kind));
      process.marked.add(`${doc}/${kind}`);
    }
  }
  if (isWritten && !design.dueBeforeMark) process.book = yield* updateBook(process, process.book, merge);
  for (const kind of named) process.marked.add(kind);
}

type Observation = NonNullable<Process['observation']>;

/** The documents, then the book. */
function* writeObservation(process: Process, observation: Observation): Steps<void> {
  const { system, announcements, look, clock } = process;
  const { docsFirst, notShownIsDue, secondReceiveWritesBook } = system.rules.design;
  const { shown } = observation;
  process.isWhole = look !== undefined || (process.isWhole && !system.rules.isLarge);
  const { book } = process;
  if (docsFirst) yield* writeDocs(process, observation, book);
  const named = announcements
    .filter(({ receives }) => receives === 1 || !secondReceiveWritesBook)
    .flatMap((one) => marksOfBook(system.rules, one, book, (doc) => shown.docs[doc]));
  const marked = named.filter(() => announcements.every((one) => marksNow(process, one)));
  process.book = yield* updateBook(process, book, (current) => {
    if (current === undefined && announcements.length === 0) return undefined;
    if (current !== undefined && !matters(current, shown) && marked.length === 0) return current;
    const next = markResults(process, observeBook(process, current ?? newBook(clock()), observation), marked);
    // Only settle finds a book complete.
    return process.isWhole ? { ...next, complete: false } : next;
  });
  if (!docsFirst) yield* writeDocs(process, observation, book);
  for (const kind of named) process.marked.add(kind);
  for (const one of announcements) if (notShownIsDue && !isShown(one, shown)) process.unready.add(one);
}

/** True if later steps depend on the observation; the next look writes other changes of an active book. */
function matters(book: BookItem, shown: Digest): boolean {
  if (book.observedAt === undefined || book.digest?.book !== shown.book) return true;
  return book.endedAt !== undefined && !isEqual(book.digest, shown);
}

/** True if Book status shows what an event announces. */
function isShown({ event }: Announcement, { book, docs }: Digest): boolean {
  if (event.name === 'book') return book === 'verified';
  if (!('doc' in event)) return true;
  const status = docs[event.doc];
  return event.name === 'doc' ? status === 'verified' || status === 'rejected' : status !== 'unlisted';
}

function* writeDocs(process: Process, observation: Observation, book: BookItem | undefined): Steps<void> {
  const { system, announcements, marked, unreadable } = process;
  const { shown } = observation;
  const { looksCompareAll } = system.rules.design;
  const isCompared = process.isWhole && (looksCompareAll || !isEqual(book?.digest, shown));
  const isCorrected = mayBeCorrected(process, book, shown);
  for (const doc of DOCS) {
    if (unreadable.has(doc)) continue;
    const status = shown.docs[doc];
    // A delivery of a large book does not conclude that a document is gone.
    if (status === 'unlisted' && !process.isWhole) continue;
    const named = announcements.filter(({ event }) => 'doc' in event && event.doc === doc);
    if (named.length === 0 && !isCompared && !isCorrected) continue;
    const unmarked = named.filter(({ event }) => !marked.has(`${doc}/${docKindOf(event) ?? 'forms'}`));
    const kinds =
      status === 'unlisted' ? [] : new Set(unmarked.map(({ event }) => docKindOf(event) ?? 'forms'));
    const isMarking = unmarked.every((one) => marksNow(process, one));
    yield* updateDoc(process, doc, (current) => {
      let next = observeDoc(process, current, status, observation.askedAt);
      if (next === undefined) return undefined;
      if (isCorrected && unmarked.length === 0) return markCorrection(process, next);
      if (isMarking) for (const kind of kinds) next = markDocument(process, next, kind);
      return next;
    });
    for (const kind of kinds) marked.add(`${doc}/${kind}`);
    if (isCorrected && status === 'verified') marked.add(`${doc}/forms`);
  }
}

/** `BOOK_VERIFIED` is said again, long after the end of capture, and Book status shows nothing that changed, or nothing at all. */
function mayBeCorrected({ system, announcements, isWhole, clock }: Process, book?: BookItem, shown?: Digest) {
  const { design, isLarge } = system.rules;
  if (!isWhole || isLarge || book?.endedAt === undefined) return false;
  const isSaid = announcements.some(({ event }) => event.name === 'book') && clock() - book.endedAt > FIFTEEN;
  const isSame = shown === undefined ? design.correctionNeedsNoStatus : isEqual(book.digest, shown);
  return isSaid && isSame && design.correctionMarks;
}

/** The same without an answer of Book status. */
function* writeCorrected(process: Process): Steps<void> {
  if (!mayBeCorrected(process, process.book)) return;
  for (const [doc, { status }] of process.docs) {
    if (status !== 'verified' || process.marked.has(`${doc}/forms`)) continue;
    yield* updateDoc(process, doc, (item) => item && markCorrection(process, item));
    process.marked.add(`${doc}/forms`);
  }
}

/** The document as it was observed: another status may have changed its forms. */
function observeDoc(
  { system, clock }: Process,
  known: DocItem | undefined,
  status: DocStatus,
  askedAt: number,
): DocItem | undefined {
  if (known === undefined)
    return status === 'unlisted' ? undefined : { revision: 0, status, observedAt: askedAt, entries: {} };
  const isOld = status === 'unlisted' ? known.observedAt >= askedAt : known.observedAt > askedAt;
  if (isOld || known.status === status) return known;
  const forms = markFor(system.rules.design, known.entries.forms, { clock: clock(), at: clock() + GRACE });
  return { ...known, status, observedAt: askedAt, entries: { ...known.entries, forms } };
}

/** The book after an observation; an older one changes nothing. When capture has ended, each of its results may be new. */
export function observeBook(process: Process, book: BookItem, { shown, askedAt }: Observation): BookItem {
  if (book.observedAt !== undefined && book.observedAt >= askedAt) return book;
  const described = { ...book, observedAt: askedAt };
  if (isEqual(book.digest, shown)) return described;
  const changed: BookItem = {
    ...described,
    generation: book.generation + (book.endedAt === undefined ? 0 : 1),
    digest: shown,
    changedAt: askedAt,
    endedAt: shown.book === 'verified' ? askedAt : undefined,
    complete: false,
  };
  const entries = changed.endedAt === undefined ? changed.entries : marksOfEnd(process, changed);
  return dueBy({ ...changed, entries }, process.clock() + GRACE);
}
