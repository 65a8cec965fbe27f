import {
  analyticsV1,
  asyncAnalyticsResult,
  bookSummary,
  cashFlow,
  enrichedTransactions,
  riskScore,
} from './analytics.ts';
import {
  bookList,
  bookStatus,
  classificationSummary,
  documentForms,
  payStubs,
  transactions,
} from './capture.ts';
import { bookSignals, documentSignals } from './detect.ts';
import type { Match } from './model-context.ts';
import {
  bankStatementIncome,
  business,
  incomeCalculations,
  incomeSummary,
  suspiciousActivity,
} from './products.ts';
import type { Kind } from './profile.ts';
import type { Reply } from './reply.ts';

/** Who may ask, and how a refusal is spelled: each family has its own (docs/ocrolus.md#envelopes). */
export type Family = 'v1' | 'analytics' | 'income' | 'detect' | 'document' | 'signals' | 'account';

/** A call by the vendor's operationId. */
export interface Operation {
  readonly name: string;
  readonly index: number;
  readonly family: Family;
  /** The product that it belongs to. */
  readonly kind: Kind | undefined;
  /** One of the four analytics calls with a limit of 1/s. */
  readonly isHeavy: boolean;
  readonly answer: (match: Match) => Reply;
}

const all: Operation[] = [];

function operation(name: string, family: Family, kind: Kind | undefined, answer: Operation['answer']) {
  return add({ name, family, kind, answer, isHeavy: false });
}

function heavyOperation(name: string, family: Family, kind: Kind, answer: Operation['answer']) {
  return add({ name, family, kind, answer, isHeavy: true });
}

function add(described: Omit<Operation, 'index'>): Operation {
  const made = { ...described, index: all.length };
  all.push(made);
  return made;
}

export const OPERATIONS: readonly Operation[] = all;

// Those about documents first: the counts of a document stay short.
export const FORMS = operation('doc-form-data', 'document', 'forms', documentForms);
export const DOCUMENT_SIGNALS = operation('doc-fraud-signals', 'signals', 'signals', documentSignals);
export const DOCUMENT_TRANSACTIONS = operation('transactions', 'v1', 'transactions', transactions);
export const BOOK_STATUS = operation('book-status', 'v1', undefined, bookStatus);
export const BOOK_LIST = operation('book-list', 'account', undefined, bookList);
export const ANALYTICS_V1 = heavyOperation('analytics', 'v1', 'analytics', analyticsV1);
export const ASYNC_RESULT = operation('async-analytics-result', 'account', 'analytics', asyncAnalyticsResult);
export const SUMMARY = heavyOperation('Book-summary', 'analytics', 'summary', bookSummary);
export const CASH_FLOW = heavyOperation('cash-flow-features', 'analytics', 'cash-flow', cashFlow);
export const ENRICHED = operation(
  'enriched-transactions',
  'analytics',
  'enriched-transactions',
  enrichedTransactions,
);
export const RISK_SCORE = heavyOperation('risk-score', 'analytics', 'risk-score', riskScore);
export const JOB_STATUS = operation('async-job-status', 'account', undefined, ({ context, id, account }) =>
  context.jobs.status(id, account.name),
);
export const BOOK_SIGNALS = operation('book-fraud-signals', 'detect', 'signals', bookSignals);
export const SUSPICIOUS = operation(
  'suspicious-activity-flags',
  'v1',
  'suspicious-activity',
  suspiciousActivity,
);
export const BUSINESS = operation('retrieve-business', 'v1', 'business', business);
export const INCOME_SUMMARY = operation('income-summary', 'income', 'income', incomeSummary);
export const INCOME = operation('income-calculations', 'income', 'income', incomeCalculations);
export const BANK_INCOME = operation('bsic', 'income', 'bank-statement-income', bankStatementIncome);
export const CLASSIFICATION = operation(
  'classification-summary',
  'v1',
  'classification',
  classificationSummary,
);
export const PAYSTUBS = operation('book-paystub-data', 'v1', 'paystubs', payStubs);
