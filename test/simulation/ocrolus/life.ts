import * as announce from './announce.ts';
import type { Book, Document } from './book.ts';
import { digestOf, isFinished, list, renew, setStatus, touch } from './book-state.ts';
import { startDetect } from './detect-life.ts';
import { after, type ModelContext } from './model-context.ts';
import { DAY, HOUR, MINUTE, SECOND, span } from './random.ts';

/** One of the expected uploads has come; the last one starts the classification. */
export function uploaded(context: ModelContext, book: Book): void {
  book.uploading -= 1;
  goToWork(context, book, book.status === 'CREATED' || book.status === 'UPLOAD' ? 'UPLOAD' : 'VERIFYING');
  book.isClassified = false;
  if (book.uploading > 0) return;
  const wait =
    book.bookClass === 'COMPLETE'
      ? span(book.random, MINUTE, HOUR)
      : span(book.random, 5 * SECOND, 5 * MINUTE);
  after(context, book, wait, () => classify(context, book));
}

/** What was computed from the book no longer counts. */
export function goToWork(context: ModelContext, book: Book, status: 'UPLOAD' | 'VERIFYING'): void {
  const now = context.now();
  if (book.status === 'VERIFIED') book.left = { at: now, digest: book.digest };
  book.status = status;
  if (book.analytics.ready) book.analytics.left = book.left;
  book.analytics.ready = false;
  touch(book, now);
}

function classify(context: ModelContext, book: Book): void {
  if (book.uploading > 0) return;
  const now = context.now();
  splitMixed(context, book);
  const isEnd = book.bookClass === 'INSTANT_CLASSIFY_ONLY';
  for (const document of book.documents.filter(({ status }) => status === 'QUEUED')) {
    if (document.outcome === 'FAILED' && book.random.chance(0.5)) {
      announce.documentClassified(context, document, false);
      finish(context, document);
      continue;
    }
    setStatus(
      document,
      isEnd ? 'CLASSIFIED' : book.random.pick(['PROCESSING', 'VERIFYING', 'CLASSIFIED']),
      now,
    );
    announce.documentClassified(context, document, true);
    if (isEnd) endWork(context, book, document);
    else scheduleFinish(context, document);
  }
  if (book.status !== 'VERIFIED') book.status = 'VERIFYING';
  book.isClassified = true;
  renew(book.classification, now, book);
  touch(book, now);
  announce.bookClassified(context, book);
  if (isEnd && book.random.chance(book.shares.classUpgraded)) upgradeClass(context, book);
}

function splitMixed(context: ModelContext, book: Book): void {
  for (const mixed of book.mixed) {
    if (mixed.status !== 'QUEUED') continue;
    oneLess(book, context.now());
    const areListed = mixed.parts.some(({ listed }) => listed);
    if (!areListed && book.random.chance(0.1)) {
      mixed.status = 'REJECTED';
      announce.mixedRejected(context, book, mixed);
      continue;
    }
    mixed.status = 'COMPLETED';
    if (!areListed) for (const part of mixed.parts) list(context, part);
  }
  touch(book, context.now());
  if (book.working === 0) after(context, book, SECOND, () => verify(context, book));
}

/** Seconds for machines; minutes to two days where people look at it. */
export function workingTime({ bookClass, random }: Book): number {
  if (bookClass !== 'COMPLETE') return span(random, 5 * SECOND, 10 * MINUTE);
  return random.chance(0.05) ? span(random, HOUR, 2 * DAY) : span(random, 2 * MINUTE, 3 * HOUR);
}

/** A document in progress comes to its outcome; in a stuck book, the first one never does. */
export function scheduleFinish(context: ModelContext, document: Document): void {
  const { book } = document;
  if (book.stuck && book.documents[0] === document) return;
  after(context, book, workingTime(book), () => {
    if (isFinished(document) || document.status === 'DELETED') return;
    finish(context, document);
  });
}

function finish(context: ModelContext, document: Document): void {
  const { book, kind, imageGroup } = document;
  const now = context.now();
  setStatus(document, document.outcome, now);
  resultsChanged(document, now);
  if (book.random.chance(context.profile.lags === true ? 0.3 : 0.03))
    document.resultsFrom = now + span(book.random, 10 * SECOND, 20 * MINUTE);
  if (kind === 'statement') renew(book.statements, now, book);
  if (kind === 'paystub') renew(book.paystubs, now, book);
  startDetect(context, document);
  announce.documentEnded(context, document);
  if (imageGroup !== undefined) {
    imageGroup.working -= 1;
    imageGroup.rejected ||= document.status === 'REJECTED';
    if (imageGroup.working === 0) announce.imageGroupEnded(context, book, imageGroup);
  }
  endWork(context, book, document);
}

/** The forms and transactions of a document are others from now on. */
export function resultsChanged(document: Document, now: number): void {
  const { left, statusAt, book } = document;
  document.revision += 1;
  document.changedAt = now;
  const isFirst = document.revision === 1;
  document.change = {
    since: isFirst ? 0 : (left?.at ?? now),
    isShown: isFirst || statusAt === now,
    left: left && { at: left.at, digest: left.status },
  };
  document.left = undefined;
  book.onChange();
}

/** One document less is in progress. */
function oneLess(book: Book, now: number): void {
  book.working -= 1;
  if (book.working === 0) book.idleAt = now;
}

function endWork(context: ModelContext, book: Book, { status }: Document): void {
  oneLess(book, context.now());
  if (book.working > 0 || book.uploading > 0 || status === 'CLASSIFIED') return;
  // The two events race: 45 ms were seen between them (docs/ocrolus.md#event-order).
  after(context, book, book.random.int(2 * SECOND), () => verify(context, book));
}

/** The end of capture, unless something was added meanwhile. */
export function verify(context: ModelContext, book: Book): void {
  if (book.working > 0 || book.uploading > 0 || book.status === 'VERIFIED') return;
  if (book.bookClass === 'INSTANT_CLASSIFY_ONLY') return;
  book.status = 'VERIFIED';
  book.verifiedAt = context.now();
  book.digest = digestOf(book);
  book.isClassified = true;
  touch(book, book.verifiedAt);
  announce.bookVerified(context, book);
  context.onVerified(book);
}

/** Classify becomes Instant or Complete: its documents continue. */
function upgradeClass(context: ModelContext, book: Book): void {
  after(context, book, span(book.random, HOUR, 2 * DAY), () => {
    book.bookClass = book.random.chance(0.5) ? 'INSTANT' : 'COMPLETE';
    book.turn += 1;
    for (const document of book.documents) {
      if (document.status !== 'CLASSIFIED') continue;
      setStatus(document, 'VERIFYING', context.now());
      book.working += 1;
      scheduleFinish(context, document);
    }
    touch(book, context.now());
    verify(context, book);
  });
}
