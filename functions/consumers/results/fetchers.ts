import type { ResultKind } from '../../../shared/events/catalog.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { fetchAnalytics } from './analytics.ts';
import { fetchBusiness } from './business.ts';
import { fetchForms, fetchTransactions } from './documents.ts';
import { fetchEnrichedTransactions } from './enriched-transactions.ts';
import { type Fetch, fetchOne } from './fetch.ts';
import { fetchIncome } from './income.ts';
import { fetchBookSignals, fetchDocumentSignals } from './signals.ts';
import { fetchVersion1Analytics } from './version-1-analytics.ts';

/** How each kind of result is fetched. A kind without a fetcher does not compile. */
export const FETCHERS: Readonly<Record<ResultKind, Fetch>> = {
  forms: fetchForms,
  transactions: fetchTransactions,
  signals: (context, target) =>
    (target.subject === target.bookUuid ? fetchBookSignals : fetchDocumentSignals)(context, target),
  paystubs: fetchOne(({ bookUuid }) => calls.bookPayStubs(bookUuid)),
  summary: fetchAnalytics(calls.bookSummary),
  'cash-flow': fetchAnalytics(calls.cashFlowFeatures),
  'enriched-transactions': fetchEnrichedTransactions,
  'risk-score': fetchAnalytics(calls.riskScore),
  income: fetchIncome,
  'bank-statement-income': fetchOne(({ bookUuid }) => calls.bankStatementIncome(bookUuid)),
  classification: fetchOne(({ bookUuid }) => calls.classificationSummary(bookUuid)),
  'suspicious-activity': fetchOne(({ bookUuid }) => calls.suspiciousActivityFlags(bookUuid)),
  analytics: fetchVersion1Analytics,
  business: fetchBusiness,
};
