import type { Document, DocumentStatus } from '../../../infra/local/ocrolus/model/book.ts';
import type { Moment } from '../../../infra/local/ocrolus/model/events.ts';
import * as model from '../../../infra/local/ocrolus/model/life.ts';
import type { Model } from '../../../infra/local/ocrolus/model/model.ts';
import * as products from '../../../infra/local/ocrolus/model/products.ts';
import {
  isCaptured,
  isCaptureOver,
  isFinished,
  renew,
  renewContent,
  renewSignals,
  setStatus,
} from '../../../infra/local/ocrolus/model/versions.ts';
import { completeWhenDone, computeAnalytics, detectEnded } from './computed.ts';
import { scheduleFinish, uploadRound } from './life/life.ts';
import { after, type BookScript, recordLeaving } from './life/script.ts';
import { DAY, HOUR, MINUTE, SECOND, span, uuidFrom } from './random.ts';
import { announce } from './spelling.ts';

/** Everything that follows the end of capture. */
export function verifiedBook(script: BookScript): void {
  const { context, book, random, shares } = script;
  computeAnalytics(script);
  detectEnded(script);
  if (script.wasVerified) return;
  script.wasVerified = true;
  if (book.isIncomeExpected) after(script, span(random, HOUR, 2 * DAY), () => calculateIncome(script));
  if (random.chance(shares.suspicious))
    after(script, span(random, MINUTE, DAY), () =>
      announce(script, products.flagSuspicious(context.model, book)),
    );
  if (random.chance(shares.business)) lookUpBusiness(script);
  if (random.chance(shares.analyticsRequest)) requestAnalytics(script);
  planChanges(script);
}

/** Calculated once, and edited up to a few times. */
function calculateIncome(script: BookScript): void {
  const { context, book, random } = script;
  announce(script, products.calculateIncome(context.model, book));
  completeWhenDone(script);
  if (!random.chance(0.3)) return;
  after(script, span(random, HOUR, 5 * DAY), () => {
    if (context.model.now() < context.changesUntil) calculateIncome(script);
  });
}

/** The event may come while the body still says `pending`; then a second one follows, or not. */
function lookUpBusiness(script: BookScript): void {
  const { context, book, random } = script;
  const business = products.startBusiness(context.model, book, uuidFrom(random));
  const decide = () =>
    products.decideBusiness(context.model, book, business, random.chance(0.8) ? 'approved' : 'rejected');
  after(script, span(random, 10 * MINUTE, DAY), () => {
    if (random.chance(0.6)) {
      announce(script, decide());
      return;
    }
    announce(script, [{ kind: 'business-verified', book, business }]);
    after(script, span(random, MINUTE, DAY), () => {
      const moments = decide();
      if (random.chance(0.5)) announce(script, moments);
    });
  });
}

/** The lender asks for version 1 analytics, which are done some time later. */
function requestAnalytics(script: BookScript): void {
  const { context, book, random } = script;
  after(script, span(random, MINUTE, 2 * DAY), () => {
    const request = products.requestAnalytics(context.model, book, uuidFrom(random));
    after(script, span(random, 30 * SECOND, 3 * HOUR), () =>
      announce(script, products.completeRequest(context.model, request)),
    );
  });
}

type BookChange = (script: BookScript) => void;

/** Plans changes of a verified book: hours to two weeks later, and never after `changesUntil`. */
function planChanges(script: BookScript): void {
  const { random, shares } = script;
  const plan = (share: number, change: BookChange) => {
    if (!random.chance(share)) return;
    after(script, span(random, HOUR, 14 * DAY), () => attempt(script, change, 3));
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
function attempt(script: BookScript, change: BookChange, tries: number): void {
  const { context, book, random } = script;
  if (context.model.now() >= context.changesUntil || tries === 0) return;
  if (isCaptureOver(book)) {
    change(script);
    return;
  }
  after(script, span(random, HOUR, DAY), () => attempt(script, change, tries - 1));
}

/** Documents are added: the book goes back to work, and its analytics are computed again. */
function reopen(script: BookScript): void {
  uploadRound(script, 1 + script.random.int(3));
}

/** A finished document goes back to work, and ends with another result. */
function upgrade(script: BookScript): void {
  const { context, random, documentsLeft } = script;
  const document = anyDocument(script, isFinished);
  if (document === undefined) return;
  script.turn += 1;
  recordLeaving(script);
  documentsLeft.set(document, { at: context.model.now(), digest: document.status });
  document.outcome = random.chance(0.9) ? 'VERIFICATION_COMPLETE' : 'REJECTED';
  if (document.detect !== 'ABSENT') {
    document.detect = 'PENDING';
    renewSignals(context.model, document);
  }
  sendBack(context.model, document, random.pick(['PROCESSING', 'VERIFYING'] as const));
  // Long enough to be seen by a poller that looks now and then.
  after(script, span(random, 30 * MINUTE, DAY), () => scheduleFinish(script, document));
}

/** A finished document goes back to work, and so does its book. */
function sendBack(ocrolus: Model, document: Document, to: DocumentStatus): void {
  const { book, imageGroup } = document;
  book.working += 1;
  if (imageGroup !== undefined) imageGroup.working += 1;
  document.resultsFrom = 0;
  setStatus(ocrolus, document, to);
  model.startWork(ocrolus, book, 'VERIFYING');
}

/** A finished document has other results, and the same status. */
function correctedMoments(ocrolus: Model, document: Document): Moment[] {
  const { book } = document;
  renew(ocrolus, document, book);
  renewContent(ocrolus, document);
  return [{ kind: 'document-ended', book, document }];
}

/**
 * COMPLETED becomes VERIFICATION_COMPLETE: the forms may differ (docs/ocrolus.md#document-statuses). The book stays
 * verified.
 */
function upgradeAtOnce(script: BookScript): void {
  const { context } = script;
  const document = anyDocument(script, ({ status }) => status === 'COMPLETED');
  if (document === undefined) return;
  document.outcome = 'VERIFICATION_COMPLETE';
  setStatus(context.model, document, 'VERIFICATION_COMPLETE');
  announce(script, correctedMoments(context.model, document));
}

/** Corrected in place, and sometimes again within seconds. */
function correct(script: BookScript): void {
  const { random } = script;
  const document = anyDocument(script, isCaptured);
  if (document === undefined) return;
  let delay = 0;
  for (let times = 1 + random.int(3); times > 0; times -= 1) {
    after(script, delay, () => correctOnce(script, document));
    delay += span(random, SECOND, 30 * SECOND);
  }
}

/** The statuses stay as they are; the end of capture may be announced again. */
function correctOnce(script: BookScript, document: Document): void {
  const { context, book, random } = script;
  if (!isCaptureOver(book) || !document.isListed || !isCaptured(document)) return;
  announce(script, correctedMoments(context.model, document));
  if (random.chance(0.7))
    after(script, random.int(2 * SECOND), () => announce(script, [{ kind: 'book-verified', book }]));
  if (book.analytics.isReady && random.chance(0.5)) computeAnalytics(script);
}

/** DELETING, then DELETED; some are no longer listed in the end. */
function deleteDocument(script: BookScript): void {
  const { context, random } = script;
  const document = anyDocument(script, isFinished);
  if (document === undefined) return;
  model.removeDocument(context.model, document, 'DELETING');
  computeWithout(script);
  after(script, span(random, MINUTE, HOUR), () => {
    setStatus(context.model, document, 'DELETED');
    renewSignals(context.model, document);
    if (!random.chance(0.5)) return;
    after(script, span(random, HOUR, 3 * DAY), () => model.unlist(context.model, document));
  });
}

/** A document disappears from Book status from one call to the next. */
function unlistDocument(script: BookScript): void {
  const document = anyDocument(script, isFinished);
  if (document === undefined) return;
  model.removeDocument(script.context.model, document, 'DELETED', false);
  computeWithout(script);
}

/** Analytics without a deleted document: only where an event can say that there are new ones. */
function computeWithout(script: BookScript): void {
  const { account, analytics } = script.book;
  if (account.habits.vocabulary !== 'legacy' && analytics.isReady) computeAnalytics(script);
}

/** Book status says DELETED forever, for a while, or does not find the book from the start. */
function deleteBook(script: BookScript): void {
  const { context, book, random } = script;
  const now = context.model.now();
  const dice = random.next();
  if (dice < 0.25) book.vanishesAt = now;
  else if (dice < 0.5) book.vanishesAt = now + span(random, HOUR, 3 * DAY);
  model.deleteBook(context.model, book);
}

function anyDocument(
  { book, random }: BookScript,
  matches: (document: Document) => boolean,
): Document | undefined {
  const found = book.documents.filter((document) => document.isListed && matches(document));
  return found.length === 0 ? undefined : random.pick(found);
}
