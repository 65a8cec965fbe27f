import type { ResultKind } from '../../events/result-kinds.ts';
import { calls } from '../../ocrolus/calls.ts';
import { fetchAnalytics } from './analytics.ts';
import { fetchBusiness } from './business.ts';
import { fetchEnrichedTransactions } from './enriched-transactions.ts';
import { type Fetch, fetchOne } from './fetch.ts';
import { fetchForms } from './forms.ts';
import { fetchIncome } from './income.ts';
import { fetchBookSignals, fetchDocumentSignals } from './signals.ts';
import { fetchVersion1Analytics } from './version-1-analytics.ts';

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
};
