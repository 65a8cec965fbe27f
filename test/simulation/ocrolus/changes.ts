import { computeAnalytics } from './analytics-life.ts';
import * as announce from './announce.ts';
import type { Book, Document } from './book.ts';
import { digestOf, isCaptured, isFinished, renew, setStatus, signalsChanged, touch } from './book-state.ts';
import { goToWork, resultsChanged, scheduleFinish } from './life.ts';
import { after, type ModelContext } from './model-context.ts';
import { DAY, HOUR, MINUTE, SECOND, span } from './random.ts';
import { uploadRound } from './upload.ts';

type Change = (context: ModelContext, book: Book) => void;

/** What happens to a book after it was verified: hours to two weeks later, and never after `changesUntil`. */
export function planChanges(context: ModelContext, book: Book): void {
  const { random, shares } = book;
  const plan = (share: number, change: Change) => {
    if (!random.chance(share)) return;
    after(context, book, span(random, HOUR, 14 * DAY), () => attempt(context, book, change, 3));
  };
  plan(shares.reopened, reopen);
  plan(shares.reopened / 4, reopen);
  plan(shares.upgraded, upgrade);
  plan(shares.upgradedAtOnce, upgradeAtOnce);
  plan(shares.corrected, correct);
  plan(shares.documentDeleted, deleteDocument);
  plan(shares.documentUnlisted, unlistDocument);
  plan(shares.bookDeleted, deleteBook);
}

/** The change of an active book waits. */
function attempt(context: ModelContext, book: Book, change: Change, tries: number): void {
  if (context.now() >= context.changesUntil || tries === 0) return;
  if (book.status === 'VERIFIED') {
    change(context, book);
    return;
  }
  after(context, book, span(book.random, HOUR, DAY), () => attempt(context, book, change, tries - 1));
}

/** Documents are added: the book goes back to work, and its analytics are computed again. */
function reopen(context: ModelContext, book: Book): void {
  uploadRound(context, book, 1 + book.random.int(3));
}

/** A finished document goes back to work, and ends with another result. */
function upgrade(context: ModelContext, book: Book): void {
  const document = anyDocument(book, isFinished);
  if (document === undefined) return;
  const now = context.now();
  book.turn += 1;
  book.working += 1;
  if (document.imageGroup !== undefined) document.imageGroup.working += 1;
  document.outcome = book.random.chance(0.9) ? 'VERIFICATION_COMPLETE' : 'REJECTED';
  document.resultsFrom = 0;
  if (document.detect !== 'ABSENT') {
    document.detect = 'PENDING';
    signalsChanged(context, document);
  }
  setStatus(document, book.random.pick(['PROCESSING', 'VERIFYING']), now);
  goToWork(context, book, 'VERIFYING');
  // Long enough to be seen by a poller that looks now and then.
  after(context, book, span(book.random, 30 * MINUTE, DAY), () => scheduleFinish(context, document));
}

/**
 * COMPLETED becomes VERIFICATION_COMPLETE: the forms may differ (docs/ocrolus.md#document-statuses). The book stays
 * verified.
 */
function upgradeAtOnce(context: ModelContext, book: Book): void {
  const document = anyDocument(book, ({ status }) => status === 'COMPLETED');
  if (document === undefined) return;
  const now = context.now();
  document.outcome = 'VERIFICATION_COMPLETE';
  setStatus(document, 'VERIFICATION_COMPLETE', now);
  book.digest = digestOf(book);
  resultsChanged(document, now);
  contentChanged(document, now);
  announce.documentEnded(context, document);
}

/** Corrected in place, and sometimes again within seconds. */
function correct(context: ModelContext, book: Book): void {
  const document = anyDocument(book, isCaptured);
  if (document === undefined) return;
  let delay = 0;
  for (let times = 1 + book.random.int(3); times > 0; times -= 1) {
    after(context, book, delay, () => correctOnce(context, document));
    delay += span(book.random, SECOND, 30 * SECOND);
  }
}

/** The statuses stay as they are; the end of capture may be announced again. */
function correctOnce(context: ModelContext, document: Document): void {
  const { book } = document;
  if (book.status !== 'VERIFIED' || !document.listed || !isCaptured(document)) return;
  const now = context.now();
  resultsChanged(document, now);
  contentChanged(document, now);
  announce.documentEnded(context, document);
  if (book.random.chance(0.7))
    after(context, book, book.random.int(2 * SECOND), () => announce.bookVerified(context, book));
  if (book.analytics.ready && book.random.chance(0.5)) computeAnalytics(context, book);
}

/** DELETING, then DELETED; some are no longer listed in the end. */
function deleteDocument(context: ModelContext, book: Book): void {
  const document = anyDocument(book, isFinished);
  if (document === undefined) return;
  setStatus(document, 'DELETING', context.now());
  gone(context, document);
  after(context, book, span(book.random, MINUTE, HOUR), () => {
    setStatus(document, 'DELETED', context.now());
    book.digest = digestOf(book);
    signalsChanged(context, document);
    if (!book.random.chance(0.5)) return;
    after(context, book, span(book.random, HOUR, 3 * DAY), () => vanish(context, document));
  });
}

/** It disappears from Book status from one call to the next. */
function unlistDocument(context: ModelContext, book: Book): void {
  const document = anyDocument(book, isFinished);
  if (document === undefined) return;
  setStatus(document, 'DELETED', context.now());
  vanish(context, document);
  gone(context, document);
}

function vanish(context: ModelContext, document: Document): void {
  document.listed = false;
  signalsChanged(context, document);
  touch(document.book, context.now());
  document.book.digest = digestOf(document.book);
}

/** Analytics without the document: only where an event can say that there are new ones. */
function gone(context: ModelContext, document: Document): void {
  const { book } = document;
  book.digest = digestOf(book);
  contentChanged(document, context.now());
  signalsChanged(context, document);
  if (book.account.profile.vocabulary !== 'legacy' && book.analytics.ready) computeAnalytics(context, book);
}

/** What is computed on demand from all documents. */
function contentChanged({ book, kind }: Document, now: number): void {
  if (kind === 'statement') renew(book.statements, now, book);
  if (kind === 'paystub') renew(book.paystubs, now, book);
}

/** Book status says DELETED forever, for a while, or does not find the book from the start. */
function deleteBook(context: ModelContext, book: Book): void {
  const now = context.now();
  const dice = book.random.next();
  if (dice < 0.25) book.vanishesAt = now;
  else if (dice < 0.5) book.vanishesAt = now + span(book.random, HOUR, 3 * DAY);
  for (const document of book.documents) setStatus(document, 'DELETED', now);
  for (const mixed of book.mixed) mixed.status = 'DELETED';
  book.status = 'DELETED';
  touch(book, now);
  context.registry.unlist(book);
}

function anyDocument(book: Book, matches: (document: Document) => boolean): Document | undefined {
  const found = book.documents.filter((document) => document.listed && matches(document));
  return found.length === 0 ? undefined : book.random.pick(found);
}

export const CHANGES = {
  reopen,
  upgrade,
  upgradeAtOnce,
  correct,
  deleteDocument,
  unlistDocument,
  deleteBook,
} as const satisfies Readonly<Record<string, Change>>;

export type ChangeName = keyof typeof CHANGES;
