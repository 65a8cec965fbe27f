import * as announce from './announce.ts';
import type { Book, Document } from './book.ts';
import { isFinished, list, renew, setStatus, touch } from './book-state.ts';
import { startDetect } from './detect-life.ts';
import { DAY, HOUR, MINUTE, SECOND, span } from './random.ts';
import { after, type World } from './world.ts';

/** One of the expected uploads has come; the last one starts the classification. */
export function uploaded(world: World, book: Book): void {
  book.uploading -= 1;
  goToWork(world, book, book.status === 'CREATED' || book.status === 'UPLOAD' ? 'UPLOAD' : 'VERIFYING');
  book.isClassified = false;
  if (book.uploading > 0) return;
  const wait =
    book.bookClass === 'COMPLETE'
      ? span(book.random, MINUTE, HOUR)
      : span(book.random, 5 * SECOND, 5 * MINUTE);
  after(world, book, wait, () => classify(world, book));
}

/** What was computed from the book no longer counts. */
export function goToWork(world: World, book: Book, status: 'UPLOAD' | 'VERIFYING'): void {
  book.status = status;
  book.analytics.ready = false;
  touch(book, world.now());
}

function classify(world: World, book: Book): void {
  if (book.uploading > 0) return;
  const now = world.now();
  splitMixed(world, book);
  const isEnd = book.bookClass === 'INSTANT_CLASSIFY_ONLY';
  for (const document of book.documents.filter(({ status }) => status === 'QUEUED')) {
    if (document.outcome === 'FAILED' && book.random.chance(0.5)) {
      announce.documentClassified(world, document, false);
      finish(world, document);
      continue;
    }
    setStatus(
      document,
      isEnd ? 'CLASSIFIED' : book.random.pick(['PROCESSING', 'VERIFYING', 'CLASSIFIED']),
      now,
    );
    announce.documentClassified(world, document, true);
    if (isEnd) endWork(world, book, document);
    else scheduleFinish(world, document);
  }
  if (book.status !== 'VERIFIED') book.status = 'VERIFYING';
  book.isClassified = true;
  renew(book.classification, now);
  touch(book, now);
  announce.bookClassified(world, book);
  if (isEnd && book.random.chance(book.shares.classUpgraded)) upgradeClass(world, book);
}

function splitMixed(world: World, book: Book): void {
  for (const mixed of book.mixed) {
    if (mixed.status !== 'QUEUED') continue;
    book.working -= 1;
    const areListed = mixed.parts.some(({ listed }) => listed);
    if (!areListed && book.random.chance(0.1)) {
      mixed.status = 'REJECTED';
      announce.mixedRejected(world, book, mixed);
      continue;
    }
    mixed.status = 'COMPLETED';
    if (!areListed) for (const part of mixed.parts) list(world, part);
  }
  touch(book, world.now());
  if (book.working === 0) after(world, book, SECOND, () => verify(world, book));
}

/** Seconds for machines; minutes to two days where people look at it. */
export function workingTime({ bookClass, random }: Book): number {
  if (bookClass !== 'COMPLETE') return span(random, 5 * SECOND, 10 * MINUTE);
  return random.chance(0.05) ? span(random, HOUR, 2 * DAY) : span(random, 2 * MINUTE, 3 * HOUR);
}

/** A document in progress comes to its outcome; in a stuck book, the first one never does. */
export function scheduleFinish(world: World, document: Document): void {
  const { book } = document;
  if (book.stuck && book.documents[0] === document) return;
  after(world, book, workingTime(book), () => {
    if (isFinished(document) || document.status === 'DELETED') return;
    finish(world, document);
  });
}

function finish(world: World, document: Document): void {
  const { book, kind, imageGroup } = document;
  const now = world.now();
  setStatus(document, document.outcome, now);
  resultsChanged(document, now);
  if (book.random.chance(0.03)) document.resultsFrom = now + span(book.random, 10 * SECOND, 20 * MINUTE);
  if (kind === 'statement') renew(book.statements, now);
  if (kind === 'paystub') renew(book.paystubs, now);
  startDetect(world, document);
  announce.documentEnded(world, document);
  if (imageGroup !== undefined) {
    imageGroup.working -= 1;
    imageGroup.rejected ||= document.status === 'REJECTED';
    if (imageGroup.working === 0) announce.imageGroupEnded(world, book, imageGroup);
  }
  endWork(world, book, document);
}

/** The forms and transactions of a document are others from now on. */
export function resultsChanged(document: Document, now: number): void {
  document.revision += 1;
  document.changedAt = now;
}

function endWork(world: World, book: Book, { status }: Document): void {
  book.working -= 1;
  if (book.working > 0 || book.uploading > 0 || status === 'CLASSIFIED') return;
  // The two events race: 45 ms were seen between them (docs/ocrolus.md#event-order).
  after(world, book, book.random.int(2 * SECOND), () => verify(world, book));
}

/** The end of capture, unless something was added meanwhile. */
export function verify(world: World, book: Book): void {
  if (book.working > 0 || book.uploading > 0 || book.status === 'VERIFIED') return;
  if (book.bookClass === 'INSTANT_CLASSIFY_ONLY') return;
  book.status = 'VERIFIED';
  book.isClassified = true;
  touch(book, world.now());
  announce.bookVerified(world, book);
  world.onVerified(book);
}

/** Classify becomes Instant or Complete: its documents continue. */
function upgradeClass(world: World, book: Book): void {
  after(world, book, span(book.random, HOUR, 2 * DAY), () => {
    book.bookClass = book.random.chance(0.5) ? 'INSTANT' : 'COMPLETE';
    book.turn += 1;
    for (const document of book.documents) {
      if (document.status !== 'CLASSIFIED') continue;
      setStatus(document, 'VERIFYING', world.now());
      book.working += 1;
      scheduleFinish(world, document);
    }
    touch(book, world.now());
    verify(world, book);
  });
}
