import { linesOf, type Rules } from '../../checklist/lines.ts';
import { digestOf, isCaptureEnded } from '../../checklist/observation.ts';
import type { BookObservation } from '../../events/observation.ts';
import { hashesOf } from '../../ocrolus/parameters.ts';
import { inGroups } from '../../rate-limit/slots.ts';
import { type Book, dueBy, newBook, updateBook } from '../../store/books.ts';
import { type Document, updateDocument, WRITES_AT_ONCE } from '../../store/documents.ts';
import { dueShard } from '../../store/keys.ts';
import { forgetIfPkIsForgotten } from '../../store/removal/tombstones.ts';
import { iso } from '../../time.ts';
import type { Announcement } from '../announcement.ts';
import { isForLook } from '../ask.ts';
import { askBookInfo, askBookStatus, type BookInfo, refuseLook, type StatusReply } from '../book-status.ts';
import type { Context } from '../context.ts';
import {
  lineName,
  markDocument,
  markResults,
  marksOfBook,
  marksOfDocuments,
  noteRepetition,
} from '../mark.ts';
import { withProgress } from '../progress.ts';
import { FEW_DOCUMENTS, type Focus, type Look, type Read, readStored } from '../read.ts';
import { needsStatus, unreadyOf } from '../unready.ts';
import { reportOverdue, reportWaiting, waitsForStatus } from '../waiting.ts';
import { completed, isDoubted, observeBook } from './apply.ts';
import { writeCorrected, writeDocuments } from './documents.ts';

/** A book as it is stored now, with every mark that this reconcile knows of. */
export interface Seen extends Read {
  /** Answer of Book status. */
  readonly observation?: BookObservation | undefined;
  readonly info?: BookInfo;
  /** Marked results, which are asked for at once: `kind subject`. */
  readonly marked: ReadonlySet<string>;
  /** Reason, by delivery, why Book status does not show what it announces. */
  readonly unready: ReadonlyMap<string, string>;
  /** There was no permit to ask for Book status. */
  readonly isThrottled: boolean;
  /** Uuids of the documents of which another state was stored. */
  readonly changed: ReadonlySet<string>;
  /** The statuses of the book and its documents are not those that were read. */
  readonly hasChanged: boolean;
}

/** Results above which a look may still run when the next is handed over: after five minutes, at one call a second. */
const LONG_LOOK = 100;

/**
 * Asks for Book status if needed, and writes the observation and the marks of events before any result is asked for.
 * Documents are written before their book, so that the book is never ahead of them.
 *
 * @returns `undefined`: the book turns out to be forgotten, or Book status does not answer a look, which is tried
 * again later.
 */
export async function observe(context: Context, focus: Focus, read: Read): Promise<Seen | undefined> {
  const { announcements, look } = focus;
  let seen: Seen = {
    ...read,
    marked: new Set(),
    unready: new Map(),
    isThrottled: false,
    changed: new Set(),
    hasChanged: false,
  };
  const repeated = announcements.filter(({ receives }) => receives > 1);
  // Messages received for the first time are marked below, in the write of the observation if there is one.
  if (repeated.length > 0 || look?.isRepeated === true)
    seen = await markStored(context, repeated, seen, true);
  const needing = announcements.filter((one) => needsStatus(one, seen, context));
  const reply = await statusFor(context, focus, needing.length > 0);
  if (reply?.kind === 'observed') {
    // The events of a new book arrive together, so another one has probably written it meanwhile.
    const isNew = read.book?.observedAt === undefined;
    // The book may have been forgotten by its pk while its uuid was unknown.
    if (isNew) await forgetIfPkIsForgotten(context.table, reply.observation, context.writer);
    const again = isNew ? await readStored(context, focus) : seen;
    return (
      again &&
      writeObservation(
        context,
        focus,
        { ...seen, ...again },
        completed(reply.observation, again, hashesOf(context.dependencies.settings.PARAMETERS)),
      )
    );
  }
  if (reply !== undefined && look !== undefined) {
    await refuseLook(context, read.book, reply);
    if (read.book !== undefined) {
      const rules = await context.rules();
      const lines = linesOf(read.book, [...read.documents.values()], rules);
      reportWaiting(context, waitsForStatus(reply, lines));
      const isHidden = reply.class === 'refused' || reply.class === 'failed';
      reportOverdue(context, { book: read.book, lines, isNewlyStuck: false }, rules, isHidden);
    }
    if (announcements.length === 0) return undefined;
  }
  const first = announcements.filter(({ receives }) => receives === 1);
  const unready = new Map(
    reply === undefined ? [] : needing.map(({ deliveryId }) => [deliveryId, reply.code]),
  );
  const documents = reply === undefined ? seen.documents : await writeCorrected(context, announcements, seen);
  const isThrottled = reply?.class === 'throttled';
  return markStored(context, first, { ...seen, documents, unready, isThrottled }, false);
}

async function statusFor(
  context: Context,
  { look, observation }: Focus,
  isNeeded: boolean,
): Promise<StatusReply | undefined> {
  if (observation !== undefined) return { kind: 'observed', observation };
  if (look === undefined && !isNeeded) return undefined;
  return askBookStatus(context, { bookUuid: context.bookId });
}

/**
 * Writes the marks of events without an observation. For messages received before, the book is written first: another
 * copy may delete the message meanwhile, and then only a due book leads to the marked results.
 */
async function markStored(
  context: Context,
  announcements: readonly Announcement[],
  seen: Seen,
  isRepetition: boolean,
): Promise<Seen> {
  const { bookId, table, now } = context;
  const stored = [...seen.documents.values()];
  const wantsOf = (book: Book | undefined) =>
    announcements.flatMap((one) => marksOfBook(one, book, stored, bookId));
  const isUnready = seen.unready.size > 0;
  const ids = announcements[0]?.ids ?? {};
  let { book } = seen;
  const isRefused = book?.refused !== undefined && announcements.length > 0;
  if (isRepetition || isUnready || isRefused || wantsOf(book).length > 0) {
    book = await updateBook(
      table,
      bookId,
      (current) => {
        if (current === undefined && announcements.length === 0) return current;
        const known = current ?? newBook(bookId, ids, context.writer);
        const asked = announcements.length === 0 ? known : withNews(known, context);
        const marked = markResults(asked, wantsOf(current), context);
        return isRepetition ? noteRepetition(marked, context) : marked;
      },
      book ?? null,
    );
  }
  const documents = new Map(seen.documents);
  const marked = new Set([...seen.marked, ...wantsOf(seen.book).map(lineName)]);
  const marks = marksOfDocuments(announcements, stored);
  await inGroups([...marks], WRITES_AT_ONCE, async ([docUuid, own]) => {
    const known = documents.get(docUuid);
    const written = await updateDocument(
      table,
      { bookId, docUuid },
      (document) => document && markDocument(document, own, now),
      known ?? null,
    );
    if (written !== undefined) documents.set(docUuid, written);
    for (const kind of own.kinds) marked.add(lineName({ kind, subject: docUuid }));
  });
  return { ...seen, book, documents, marked };
}

/** Restarts the waits of a book that Book status refuses to show, because an event is about it. */
function withNews(book: Book, { now, dependencies: { times } }: Context): Book {
  if (book.refused === undefined) return book;
  return dueBy({ ...book, refused: { ...book.refused, since: iso(now) } }, now + times.min);
}

/** Writes an observation with its marks and those of the events: first the documents, then the book. */
async function writeObservation(
  context: Context,
  focus: Focus,
  seen: Seen,
  observation: BookObservation,
): Promise<Seen> {
  const { announcements, look } = focus;
  const { bookId, dependencies } = context;
  const isWhole = look !== undefined || (seen.isWhole && observation.documents.length <= FEW_DOCUMENTS);
  const info = look === undefined ? {} : await askBookInfo(context, seen.book);
  const written = await writeDocuments(context, announcements, { ...seen, isWhole }, observation);
  const wants = announcements
    .filter(({ receives }) => receives === 1)
    .flatMap((one) => marksOfBook(one, seen.book, observation.documents, bookId));
  const rules = await context.rules();
  const documents = [...written.documents.values()];
  const merge = (current: Book | undefined): Book | undefined => {
    const { writer, now } = context;
    // A look does not restore a book that has expired.
    if (current === undefined && announcements.length === 0) return current;
    const isKept = current !== undefined && !matters(current, observation) && wants.length === 0;
    const isLong = look !== undefined && isLongLook(look, rules, current, documents);
    if (isKept && !isLong) return current;
    const observed = observeBook(current, {
      observation,
      writer,
      policy: rules.policy,
      times: dependencies.times,
    });
    const next = markResults({ ...observed, ...info }, wants, context);
    // Only settle sets `complete`.
    const checked = { lines: linesOf(next, documents, rules), isWhole, isDone: false, policy: rules.policy };
    const shown = isWhole ? withProgress(next, checked, now) : next;
    if (look === undefined || !isLongLook(look, rules, next, documents)) return shown;
    // No second look is handed over while this one runs.
    return { ...shown, dueAt: iso(now + dependencies.times.run), dueShard: dueShard(bookId) };
  };
  const book = await updateBook(context.table, bookId, merge, seen.book ?? null);
  return {
    ...written,
    book,
    unreadable: seen.unreadable,
    isWhole,
    observation,
    info,
    marked: new Set([...written.marked, ...wants.map(lineName)]),
    unready: unreadyOf(announcements, observation, seen.documents, context.timing),
    isThrottled: false,
    hasChanged: written.changed.size > 0 || seen.book?.digest !== book?.digest,
  };
}

/** True if later steps depend on the observation. Otherwise, a look writes it when it settles. */
function matters(book: Book | undefined, observation: BookObservation): boolean {
  if (book?.observedAt === undefined || book.refused !== undefined) return true;
  if (book.partial === true && !isDoubted(book, observation.observedAt)) return true;
  if (book.status !== observation.status) return true;
  const isFinished = book.endedAt !== undefined || isCaptureEnded(observation);
  return (isFinished || book.stuck === true) && book.digest !== digestOf(observation);
}

/** True if the look may take longer than until the next run of the poller. */
function isLongLook(
  { isUrgent }: Look,
  rules: Rules,
  book: Book | undefined,
  documents: readonly Document[],
): boolean {
  if (book === undefined) return false;
  return (
    linesOf(book, documents, rules).filter((line) => isForLook(line, isUrgent, rules)).length > LONG_LOOK
  );
}
