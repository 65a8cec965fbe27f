import { computeAnalytics } from './analytics-life.ts';
import * as announce from './announce.ts';
import type { AnalyticsRequest, Book, Business } from './book.ts';
import { renew, UNCHANGED } from './book-state.ts';
import { planChanges } from './changes.ts';
import { bookDetected, completeWhenDone } from './completion.ts';
import { after, type ModelContext } from './model-context.ts';
import { DAY, HOUR, MINUTE, SECOND, span, uuidFrom } from './random.ts';

/** Everything that follows the end of capture. */
export function verifiedBook(context: ModelContext, book: Book): void {
  computeAnalytics(context, book);
  bookDetected(context, book);
  if (book.wasVerified) return;
  book.wasVerified = true;
  const { random, shares } = book;
  if (book.income.expected)
    after(context, book, span(random, HOUR, 2 * DAY), () => calculateIncome(context, book));
  if (random.chance(shares.suspicious))
    after(context, book, span(random, MINUTE, DAY), () => flag(context, book));
  if (random.chance(shares.business)) lookUpBusiness(context, book);
  if (random.chance(shares.analyticsRequest)) requestAnalytics(context, book);
  planChanges(context, book);
}

/** Calculated once, and edited up to a few times. */
function calculateIncome(context: ModelContext, book: Book): void {
  renew(book.income, context.now(), book);
  announce.incomeCalculated(context, book);
  completeWhenDone(context, book);
  if (!book.random.chance(0.3)) return;
  after(context, book, span(book.random, HOUR, 5 * DAY), () => {
    if (context.now() < context.changesUntil) calculateIncome(context, book);
  });
}

function flag(context: ModelContext, book: Book): void {
  renew(book.suspicious, context.now(), book);
  announce.suspiciousActivity(context, book);
}

/** The event may come while the body still says `pending`; then a second one follows, or not. */
function lookUpBusiness(context: ModelContext, book: Book): void {
  const { random } = book;
  const business: Business = {
    uuid: uuidFrom(random),
    status: 'pending',
    revision: 1,
    changedAt: context.now(),
    change: UNCHANGED,
  };
  book.businesses.push(business);
  const decide = () => {
    business.status = random.chance(0.8) ? 'approved' : 'rejected';
    renew(business, context.now(), book);
  };
  after(context, book, span(random, 10 * MINUTE, DAY), () => {
    const isDecided = random.chance(0.6);
    if (isDecided) decide();
    announce.businessVerified(context, book, business);
    if (isDecided) return;
    after(context, book, span(random, MINUTE, DAY), () => {
      decide();
      if (random.chance(0.5)) announce.businessVerified(context, book, business);
    });
  });
}

/** The lender asks for version 1 analytics, which are done some time later. */
function requestAnalytics(context: ModelContext, book: Book): void {
  const { random } = book;
  after(context, book, span(random, MINUTE, 2 * DAY), () => {
    const request: AnalyticsRequest = {
      id: uuidFrom(random),
      book,
      requestedAt: context.now(),
      revision: 0,
      changedAt: context.now(),
      change: UNCHANGED,
    };
    book.requests.push(request);
    context.registry.addRequest(request);
    after(context, book, span(random, 30 * SECOND, 3 * HOUR), () => {
      request.revision = Math.max(1, book.statements.revision);
      request.changedAt = context.now();
      announce.requestCompleted(context, request);
    });
  });
}
