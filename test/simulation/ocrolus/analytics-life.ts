import * as announce from './announce.ts';
import type { Book } from './book.ts';
import { isCaptured, renew } from './book-state.ts';
import { completeWhenDone } from './completion.ts';
import { after, type ModelContext } from './model-context.ts';
import { DAY, HOUR, MINUTE, SECOND, span } from './random.ts';

/** Minutes to days after capture; never for a book whose documents were all rejected. */
export function computeAnalytics(context: ModelContext, book: Book): void {
  if (book.captured === 0) return;
  const { random, turn } = book;
  const wait = random.chance(0.1) ? span(random, HOUR, 3 * DAY) : span(random, MINUTE, 2 * HOUR);
  const isCurrent = () => book.turn === turn && book.status === 'VERIFIED';
  const isEarly = random.chance(context.profile.lags === true ? 0.3 : 0.05);
  after(context, book, wait, () => {
    if (!isCurrent()) return;
    if (!isEarly) {
      analyticsReady(context, book, true);
      return;
    }
    // The event comes before the API has them.
    announce.analyticsGenerated(context, book);
    after(context, book, span(random, 5 * SECOND, 3 * MINUTE), () => {
      if (isCurrent()) analyticsReady(context, book, false);
    });
  });
}

/** Of one document in analytics, so that there are some pages and not hundreds. */
const MOST_ROWS = 300;

/** What was refused as impossible is there after all. */
function passLater(context: ModelContext, book: Book): void {
  after(context, book, span(book.random, HOUR, 5 * DAY), () => {
    if (book.passedAt > 0 || !book.analytics.ready) return;
    book.passedAt = context.now();
    renew(book.analytics, book.passedAt, book);
    announce.analyticsGenerated(context, book);
  });
}

function analyticsReady(context: ModelContext, book: Book, isAnnounced: boolean): void {
  const { analytics, random } = book;
  const captured = book.documents.filter((document) => document.listed && isCaptured(document));
  // Where it was answered until now, the older one was answered until now.
  const left = analytics.ready ? undefined : analytics.left;
  analytics.ready = true;
  analytics.documents = captured.length;
  analytics.rows = captured.reduce((sum, { rows }) => sum + Math.min(rows, MOST_ROWS), 0);
  renew(analytics, context.now(), book, left);
  book.slowAnswered.clear();
  if (isAnnounced) announce.analyticsGenerated(context, book);
  if (book.analyticsFate === 'passing' && book.passedAt === 0) passLater(context, book);
  completeWhenDone(context, book);
  const isCompared = book.account.profile.vocabulary === 'organization' && random.chance(0.03);
  if (!isCompared) return;
  const { turn } = book;
  after(context, book, span(random, HOUR, DAY), () => {
    if (book.turn !== turn || !analytics.ready) return;
    renew(analytics, context.now(), book);
    announce.discrepanciesCompared(context, book);
  });
}
