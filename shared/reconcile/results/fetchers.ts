import * as z from 'zod';
import { isAboutBook } from '../../checklist/circuit-state.ts';
import { normaliseUuid } from '../../events/read-ids.ts';
import type { ResultKind } from '../../events/result-kinds.ts';
import { calls } from '../../ocrolus/calls.ts';
import { text } from '../../ocrolus/lenient-fields.ts';
import { fetchAnalytics } from './analytics.ts';
import { fetchEnrichedTransactions } from './enriched-transactions.ts';
import { askInTurn, combine, type Fetch, fetchOne, isLacking, store, toFetched } from './fetch.ts';
import { fetchForms } from './forms.ts';
import { fetchBookSignals, fetchDocumentSignals } from './signals.ts';
import { fetchVisualizations } from './visualizations.ts';

const Business = z.looseObject({
  middesk_response: z.looseObject({ status: text }).nullable(),
});

/** Fetches Middesk's result for a business. It is stored even while Middesk is still working on it. */
export const fetchBusiness: Fetch = async (context, target) => {
  const reply = await context.fetch(calls.business(context.bookId, target.subject));
  if (reply.kind !== 'ok') return toFetched(target, reply);
  const stored = await store(context, target, reply.answer);
  const middesk = Business.safeParse(reply.answer.json).data?.middesk_response;
  if (middesk !== null && middesk?.status?.toLowerCase() !== 'pending') return stored;
  return stored.class === 'stored' ? { ...stored, class: 'not-yet', code: 'middesk-pending' } : stored;
};

const BusinessOfBook = z.looseObject({ id: text });

/**
 * Fetches which business the book is about. If Middesk has a result for its id, that is marked, in case its event was lost;
 * it is not documented that the ids are the same.
 */
export const fetchBusinessHistory: Fetch = async (context, target) => {
  const { bookId, dependencies } = context;
  const reply = await context.fetch(calls.businessOfBook(bookId));
  // Most books have none: that is an answer, and no sign that the contract lacks the product.
  if (reply.kind !== 'ok') {
    const fetched = toFetched(target, reply);
    if (isLacking(reply, target, context)) return { ...fetched, class: 'permanent', code: reply.code };
    return { ...fetched, isServed: reply.kind === 'refused' && isAboutBook(reply.code) };
  }
  const stored = await store(context, target, reply.answer);
  const subject = normaliseUuid(BusinessOfBook.safeParse(reply.answer.json).data?.id);
  if (subject === undefined || dependencies.policy.business === 'never') return stored;
  const middesk = await context.fetch(calls.business(bookId, subject));
  return middesk.kind === 'ok' ? { ...stored, marks: [{ kind: 'business', subject }] } : stored;
};

/** Stores the income calculations of a book under its uuid, and their summary under `<uuid>@summary`. */
export const fetchIncome: Fetch = async (context, target) => {
  const { bookId } = context;
  const calculations = await context.fetch(calls.incomeCalculations(bookId));
  const first =
    calculations.kind === 'ok'
      ? await store(context, target, calculations.answer)
      : toFetched(target, calculations);
  const summary = await context.fetch(calls.incomeSummary(bookId));
  const second =
    summary.kind === 'ok'
      ? await store(context, { ...target, subject: `${bookId}@summary` }, summary.answer)
      : toFetched(target, summary);
  return combine([first, second]);
};

/** `response` is keyed by the request's id (docs/ocrolus.md#version-1-analytics). */
const AsyncResult = z.looseObject({
  response: z.record(z.string(), z.looseObject({ analytics_status: z.string() })),
});

/**
 * Fetches version 1 analytics: the result of an asynchronous request if the subject is one, else the book's. An
 * expired request never gets a result; the book's analytics replace it (docs/ocrolus.md#version-1-analytics).
 */
export const fetchVersion1Analytics: Fetch = async (context, target) => {
  const { bookId } = context;
  const { subject } = target;
  const isOfBook = subject === bookId;
  const reply = await context.fetch(
    isOfBook ? calls.analytics({ bookUuid: bookId }) : calls.asyncAnalyticsResult(subject),
  );
  if (reply.kind !== 'ok') return toFetched(target, reply);
  if (isOfBook) return store(context, target, reply.answer);
  const timing = { wanted: target.wanted, at: reply.answer.askedAt };
  const states = Object.entries(AsyncResult.safeParse(reply.answer.json).data?.response ?? {});
  const [, own] = states.find(([id]) => normaliseUuid(id) === subject) ?? states[0] ?? [];
  const state = own?.analytics_status;
  if (state === 'EXPIRED') {
    return {
      class: 'permanent',
      code: 'expired',
      ...timing,
      marks: [{ kind: 'analytics', subject: bookId }],
    };
  }
  // Any other state has no result yet.
  if (state !== undefined && state !== 'COMPLETED') {
    return { class: 'not-yet', code: 'analytics-processing', ...timing };
  }
  return store(context, target, reply.answer);
};

/**
 * Fetches the file of a document, by the uuid of the upload, then by its second uuid if an event gave one: which of
 * them the call takes is not certain (docs/ocrolus.md#files).
 */
export const fetchOriginal: Fetch = async (context, target) => {
  const { subject, docUuid } = target;
  const others = docUuid === undefined || docUuid === subject ? [] : [calls.documentFile(docUuid)];
  const reply = await askInTurn(context, [calls.documentFile(subject), ...others]);
  return reply.kind === 'ok' ? store(context, target, reply.answer) : toFetched(target, reply);
};

/** Fetcher of each kind of result. A kind without one does not compile. */
export const FETCHERS: Readonly<Record<ResultKind, Fetch>> = {
  forms: fetchForms,
  transactions: fetchOne(calls.documentTransactions),
  signals: (context, target) =>
    (target.subject === context.bookId ? fetchBookSignals : fetchDocumentSignals)(context, target),
  paystubs: fetchOne(calls.bookPayStubs),
  summary: fetchAnalytics(calls.bookSummary),
  'cash-flow': fetchAnalytics(calls.cashFlowFeatures),
  'enriched-transactions': fetchEnrichedTransactions,
  'risk-score': fetchAnalytics(calls.riskScore),
  income: fetchIncome,
  'bank-statement-income': fetchOne(calls.bankStatementIncome),
  classification: fetchOne(calls.classificationSummary),
  'suspicious-activity': fetchOne(calls.suspiciousActivityFlags),
  analytics: fetchVersion1Analytics,
  business: fetchBusiness,
  'business-history': fetchBusinessHistory,
  workbook: fetchOne(calls.workbook),
  original: fetchOriginal,
  visualizations: fetchVisualizations,
};
