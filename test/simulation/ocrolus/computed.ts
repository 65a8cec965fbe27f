import type { Document } from '../../../infra/local/ocrolus/model/book.ts';
import { endsDetect } from '../../../infra/local/ocrolus/model/detect.ts';
import * as products from '../../../infra/local/ocrolus/model/products.ts';
import {
  isCaptured,
  isCaptureOver,
  isFinished,
  lacks,
  renew,
} from '../../../infra/local/ocrolus/model/versions.ts';
import { after, type BookScript } from './life/script.ts';
import { DAY, HOUR, MINUTE, SECOND, span } from './random.ts';
import { announce } from './spelling.ts';

/** Minutes to days after capture; never for a book whose documents were all rejected. */
export function computeAnalytics(script: BookScript): void {
  const { context, book, random, turn } = script;
  if (book.captured === 0) return;
  const wait = random.chance(0.1) ? span(random, HOUR, 3 * DAY) : span(random, MINUTE, 2 * HOUR);
  const isCurrent = () => script.turn === turn && isCaptureOver(book);
  const isEarly = random.chance(context.profile.lags === true ? 0.3 : 0.05);
  after(script, wait, () => {
    if (!isCurrent()) return;
    if (!isEarly) {
      analyticsReady(script, true);
      return;
    }
    // The event comes before the API has them.
    announce(script, [{ kind: 'analytics-generated', book }]);
    after(script, span(random, 5 * SECOND, 3 * MINUTE), () => {
      if (isCurrent()) analyticsReady(script, false);
    });
  });
}

function analyticsReady(script: BookScript, isAnnounced: boolean): void {
  const { context, book, random, turn } = script;
  const { analytics, account } = book;
  const moments = products.analyticsReady(context.model, book);
  script.slowAnswered.clear();
  if (isAnnounced) announce(script, moments);
  if (script.oddity === 'passing' && script.passedAt === 0) passLater(script);
  completeWhenDone(script);
  if (account.habits.vocabulary !== 'organization' || !random.chance(0.03)) return;
  after(script, span(random, HOUR, DAY), () => {
    if (script.turn !== turn || !analytics.isReady) return;
    renew(context.model, analytics, book);
    announce(script, [
      { kind: random.chance(0.5) ? 'discrepancies-found' : 'discrepancies-not-found', book },
    ]);
  });
}

/** Analytics that were refused with a permanent code become available anyway. */
function passLater(script: BookScript): void {
  const { context, book, random } = script;
  after(script, span(random, HOUR, 5 * DAY), () => {
    if (script.passedAt > 0 || !book.analytics.isReady) return;
    script.passedAt = context.model.now();
    renew(context.model, book.analytics, book);
    announce(script, [{ kind: 'analytics-generated', book }]);
  });
}

/** Detect begins with a finished document. It looks at about half of the rejected ones. */
export function startDetect(script: BookScript, document: Document): void {
  const { context, random, detectRuns } = script;
  const { detectOutcome } = document;
  const isLookedAt = isCaptured(document) || random.chance(0.5);
  const isAbsent = !isLookedAt || detectOutcome === 'absent' || detectOutcome === 'late';
  products.setDetect(context.model, document, isAbsent ? 'ABSENT' : 'PENDING');
  if (!isLookedAt || !endsDetect(detectOutcome)) return;
  script.detecting += 1;
  const run = {};
  detectRuns.set(document, run);
  after(script, detectTime(script, document), () => {
    script.detecting -= 1;
    // Otherwise the document went back to work or was deleted meanwhile.
    if (detectRuns.get(document) === run && document.isListed && isFinished(document))
      announce(script, products.endDetect(context.model, document));
    detectEnded(script);
  });
}

function detectTime({ random, shares }: BookScript, { detectOutcome }: Document): number {
  if (detectOutcome === 'late')
    return shares.lateDetect > 0 ? span(random, DAY, 5 * DAY) : span(random, HOUR, 30 * HOUR);
  return random.chance(0.8) ? span(random, 30 * SECOND, 30 * MINUTE) : span(random, 30 * MINUTE, 6 * HOUR);
}

/** Once a turn, when Detect has finished a verified book. */
export function detectEnded(script: BookScript): void {
  const { book, detecting, detectedTurn, turn } = script;
  if (detecting > 0 || !isCaptureOver(book) || detectedTurn === turn) return;
  script.detectedTurn = turn;
  if (book.documents.some(({ detect }) => detect !== 'ABSENT'))
    announce(script, [{ kind: 'book-detected', book }]);
  completeWhenDone(script);
}

/** Once a turn; one book in ten never says so. */
export function completeWhenDone(script: BookScript): void {
  const { book, random, turn } = script;
  const { analytics, income } = book;
  if (!isCaptureOver(book) || script.completedTurn >= turn || !analytics.isReady || script.detecting > 0)
    return;
  if (book.isIncomeExpected && income.revision === 0) return;
  script.completedTurn = turn;
  if (book.hash % 10 === 0) return;
  const tasks = ['ANALYTICS', 'CAPTURE'];
  if (!lacks(book, 'signals')) tasks.push('DETECT');
  if (income.revision > 0) tasks.push('INCOME');
  after(script, random.int(MINUTE), () => {
    if (script.turn === turn && isCaptureOver(book)) announce(script, products.completeBook(book, tasks));
  });
}
