import { computeAnalytics } from './analytics-life.ts';
import * as announce from './announce.ts';
import type { AnalyticsRequest, Book, Business } from './book.ts';
import { renew } from './book-state.ts';
import { planChanges } from './changes.ts';
import { bookDetected, completeWhenDone } from './completion.ts';
import { DAY, HOUR, MINUTE, SECOND, span, uuidFrom } from './random.ts';
import { after, type World } from './world.ts';

/** Everything that follows the end of capture. */
export function verifiedBook(world: World, book: Book): void {
  computeAnalytics(world, book);
  bookDetected(world, book);
  if (book.wasVerified) return;
  book.wasVerified = true;
  const { random, shares } = book;
  if (book.income.expected)
    after(world, book, span(random, HOUR, 2 * DAY), () => calculateIncome(world, book));
  if (random.chance(shares.suspicious))
    after(world, book, span(random, MINUTE, DAY), () => flag(world, book));
  if (random.chance(shares.business)) lookUpBusiness(world, book);
  if (random.chance(shares.analyticsRequest)) requestAnalytics(world, book);
  planChanges(world, book);
}

/** Calculated once, and edited up to a few times. */
function calculateIncome(world: World, book: Book): void {
  renew(book.income, world.now());
  announce.incomeCalculated(world, book);
  completeWhenDone(world, book);
  if (!book.random.chance(0.3)) return;
  after(world, book, span(book.random, HOUR, 5 * DAY), () => {
    if (world.now() < world.changesUntil) calculateIncome(world, book);
  });
}

function flag(world: World, book: Book): void {
  renew(book.suspicious, world.now());
  announce.suspiciousActivity(world, book);
}

/** The event may come while the body still says `pending`; then a second one follows, or not. */
function lookUpBusiness(world: World, book: Book): void {
  const { random } = book;
  const business: Business = {
    uuid: uuidFrom(random),
    status: 'pending',
    revision: 1,
    changedAt: world.now(),
  };
  book.businesses.push(business);
  const decide = () => {
    business.status = random.chance(0.8) ? 'approved' : 'rejected';
    renew(business, world.now());
  };
  after(world, book, span(random, 10 * MINUTE, DAY), () => {
    const isDecided = random.chance(0.6);
    if (isDecided) decide();
    announce.businessVerified(world, book, business);
    if (isDecided) return;
    after(world, book, span(random, MINUTE, DAY), () => {
      decide();
      if (random.chance(0.5)) announce.businessVerified(world, book, business);
    });
  });
}

/** The lender asks for version 1 analytics, which are done some time later. */
function requestAnalytics(world: World, book: Book): void {
  const { random } = book;
  after(world, book, span(random, MINUTE, 2 * DAY), () => {
    const request: AnalyticsRequest = {
      id: uuidFrom(random),
      book,
      requestedAt: world.now(),
      revision: 0,
      changedAt: world.now(),
    };
    book.requests.push(request);
    world.registry.addRequest(request);
    after(world, book, span(random, 30 * SECOND, 3 * HOUR), () => {
      request.revision = Math.max(1, book.statements.revision);
      request.changedAt = world.now();
      announce.requestCompleted(world, request);
    });
  });
}
