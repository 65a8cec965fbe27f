import type { ResultKind } from '../../../../shared/events/catalog.ts';
import { type Call, calls } from '../../../../shared/ocrolus/calls.ts';
import { saysCaptured, signals } from '../../../consumers/testing/answers.ts';
import { type ScriptedOcrolus, type ScriptedReply, targetOf } from '../../../consumers/testing/ocrolus.ts';
import { saysAnalytics, saysStatus } from '../../../reconcile/testing/answers.ts';

/** The ids of the book, its only document and the rest, by what stands for them in the generated pages. */
export const IDS: Readonly<Record<string, string>> = {
  '<book>': 'b',
  '<document>': 'd',
  '<request>': 'r',
  '<business>': 'm',
  '<group>': '9',
  '<job>': 'j',
};

/** A sort key of the generated pages with real ids. */
export function withIds(text: string): string {
  return text.replaceAll(/<\w+>/g, (placeholder) => IDS[placeholder] ?? placeholder);
}

/** What a call of the generated pages asks for. */
export function withIdsOf(call: Call): string {
  return withIds(decodeURIComponent(targetOf(call)));
}

/** The calls for each kind of result of the book. A kind without one does not compile. */
export const CALLS: Readonly<Record<ResultKind, readonly Call[]>> = {
  forms: [calls.documentForms('d')],
  transactions: [calls.documentTransactions('b', 'd')],
  signals: [calls.documentSignals('d'), calls.partSignals('d'), calls.bookSignals('b')],
  paystubs: [calls.bookPayStubs('b')],
  summary: [calls.bookSummary('b')],
  'cash-flow': [calls.cashFlowFeatures('b')],
  'enriched-transactions': [calls.enrichedTransactions('b')],
  income: [calls.incomeCalculations('b'), calls.incomeSummary('b')],
  'bank-statement-income': [calls.bankStatementIncome('b')],
  'risk-score': [calls.riskScore('b')],
  classification: [calls.classificationSummary('b')],
  'suspicious-activity': [calls.suspiciousActivityFlags('b')],
  analytics: [calls.analytics({ bookUuid: 'b' }), calls.asyncAnalyticsResult('r')],
  business: [calls.business('b', 'm')],
};

/** Lets a verified book exist, and Ocrolus answer the same to whatever is asked about its results. */
export function saysAlways(ocrolus: ScriptedOcrolus, reply: ScriptedReply): void {
  saysVerified(ocrolus);
  for (const call of Object.values(CALLS).flat()) ocrolus.says(call, reply);
}

/** Lets Ocrolus have every kind of result of a verified book `b` with one document `d` of the image group 9. */
export function saysAllKinds(ocrolus: ScriptedOcrolus): void {
  saysAlways(ocrolus, { body: { status: 200, response: {} } });
  saysCaptured(ocrolus, 'b', 'd');
  saysAnalytics(ocrolus, 'b');
  for (const call of CALLS.signals) ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
  const request = { r: { analytics_status: 'COMPLETED', analytics: {} } };
  ocrolus.says(calls.asyncAnalyticsResult('r'), { body: { status: 200, response: request } });
  ocrolus.says(calls.business('b', 'm'), { body: { middesk_response: { status: 'approved' } } });
}

function saysVerified(ocrolus: ScriptedOcrolus): void {
  saysStatus(ocrolus, 'b', 'VERIFIED', [{ uuid: 'd', status: 'VERIFICATION_COMPLETE', image_group_pk: 9 }]);
}
