import * as products from '../../../../infra/local/ocrolus/model/products.ts';
import { planChanges } from '../changes.ts';
import { completeWhenDone, computeAnalytics, detectEnded } from '../computed.ts';
import { DAY, HOUR, MINUTE, SECOND, span, uuidFrom } from '../random.ts';
import { announce } from '../spelling.ts';
import { after, type BookScript } from './script.ts';

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
