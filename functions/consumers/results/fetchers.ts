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
  paystubs: fetchOne('paystubs', ({ bookUuid }) => calls.bookPayStubs(bookUuid)),
  summary: fetchAnalytics('summary', calls.bookSummary),
  'cash-flow': fetchAnalytics('cash-flow', calls.cashFlowFeatures),
  'enriched-transactions': fetchEnrichedTransactions,
  'risk-score': fetchAnalytics('risk-score', calls.riskScore),
  income: fetchIncome,
  'bank-statement-income': fetchOne('bank-statement-income', ({ bookUuid }) =>
    calls.bankStatementIncome(bookUuid),
  ),
  classification: fetchOne('classification', ({ bookUuid }) => calls.classificationSummary(bookUuid)),
  'suspicious-activity': fetchOne('suspicious-activity', ({ bookUuid }) =>
    calls.suspiciousActivityFlags(bookUuid),
  ),
  analytics: fetchVersion1Analytics,
  business: fetchBusiness,
};
