import type { ResultKind } from '../events/catalog.ts';
import { type Call, calls } from './calls.ts';

/** What is asked about. */
export interface CallSubject {
  readonly bookUuid: string;
  readonly docUuid: string | undefined;
}

const CALLS: Readonly<Record<ResultKind, (subject: CallSubject) => Call | undefined>> = {
  forms: ({ docUuid }) => (docUuid === undefined ? undefined : calls.documentForms(docUuid)),
  transactions: ({ bookUuid, docUuid }) =>
    docUuid === undefined ? undefined : calls.documentTransactions(bookUuid, docUuid),
  signals: ({ bookUuid }) => calls.bookSignals(bookUuid),
  paystubs: ({ bookUuid }) => calls.bookPayStubs(bookUuid),
  summary: ({ bookUuid }) => calls.bookSummary(bookUuid),
  'cash-flow': ({ bookUuid }) => calls.cashFlowFeatures(bookUuid),
  'enriched-transactions': ({ bookUuid }) => calls.enrichedTransactions(bookUuid),
  income: ({ bookUuid }) => calls.incomeCalculations(bookUuid),
  classification: ({ bookUuid }) => calls.classificationSummary(bookUuid),
  'suspicious-activity': ({ bookUuid }) => calls.suspiciousActivityFlags(bookUuid),
  'risk-score': ({ bookUuid }) => calls.riskScore(bookUuid),
  'bank-statement-income': ({ bookUuid }) => calls.bankStatementIncome(bookUuid),
  analytics: ({ bookUuid }) => calls.analytics({ bookUuid }),
  business: () => undefined,
};

/**
 * The first call for a kind of result. @returns `undefined` for a kind of documents without a document, and for businesses,
 * which cannot be asked for without an id that only an event has.
 */
export function callOfKind(kind: ResultKind, subject: CallSubject): Call | undefined {
  return CALLS[kind](subject);
}
