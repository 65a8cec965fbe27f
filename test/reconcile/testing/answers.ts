import { calls } from '../../../shared/ocrolus/calls.ts';
import {
  bookStatus,
  error,
  type ScriptedDocument,
  saysCaptured,
  signals,
} from '../../consumers/testing/answers.ts';
import type { ScriptedOcrolus } from '../../consumers/testing/ocrolus.ts';

/** Answer of a proxy, or for a product that is not enabled: no code. */
export const FORBIDDEN = { httpStatus: 403, body: { message: 'Forbidden' } };

/** Analytics that are not computed yet. */
export const ANALYTICS_TOO_EARLY = error(425, 9004);

/** A document as Book status lists it. */
export const document = (uuid: string, status = 'VERIFICATION_COMPLETE'): ScriptedDocument => ({
  uuid,
  status,
});

/** Sets what Book status shows, in the names of Ocrolus. */
export function saysBook(
  ocrolus: ScriptedOcrolus,
  bookUuid: string,
  {
    book_status,
    docs,
    ...more
  }: Readonly<Record<string, unknown>> & {
    readonly book_status: string;
    readonly docs: readonly ScriptedDocument[];
  },
): void {
  ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, book_status, docs, more));
}

/** Sets status and documents that Book status shows. */
export function saysStatus(
  ocrolus: ScriptedOcrolus,
  bookUuid: string,
  status: string,
  docs: readonly ScriptedDocument[],
): void {
  ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, status, docs));
}

/**
 * A verified book that has everything of the default policy; what is only fetched when an event names it is refused.
 *
 * @param docUuids its documents, all verified.
 */
export function saysEverything(
  ocrolus: ScriptedOcrolus,
  bookUuid = 'b',
  docUuids: readonly string[] = ['d'],
): void {
  const docs = docUuids.map((uuid) => ({ uuid, status: 'VERIFICATION_COMPLETE' }));
  saysStatus(ocrolus, bookUuid, 'VERIFIED', docs);
  for (const docUuid of docUuids) {
    saysCaptured(ocrolus, bookUuid, docUuid);
    ocrolus.says(calls.documentSignals(docUuid), signals(bookUuid, { [docUuid]: 'COMPLETED' }));
  }
  saysAnalytics(ocrolus, bookUuid);
  const states = Object.fromEntries(docUuids.map((uuid) => [uuid, 'COMPLETED']));
  ocrolus.says(calls.bookSignals(bookUuid), signals(bookUuid, states));
  ocrolus.says(calls.incomeCalculations(bookUuid), FORBIDDEN);
  ocrolus.says(calls.incomeSummary(bookUuid), FORBIDDEN);
  ocrolus.says(calls.classificationSummary(bookUuid), FORBIDDEN);
  ocrolus.says(calls.suspiciousActivityFlags(bookUuid), FORBIDDEN);
  ocrolus.says(calls.analytics({ bookUuid }), FORBIDDEN);
}

/** Analytics of version 2. @param version shows which answer was stored. */
export function saysAnalytics(ocrolus: ScriptedOcrolus, bookUuid = 'b', version = 1): void {
  ocrolus.says(calls.bookSummary(bookUuid), { body: { number_of_docs_processed: version } });
  ocrolus.says(calls.cashFlowFeatures(bookUuid), { body: { num_of_months: version } });
  ocrolus.says(calls.enrichedTransactions(bookUuid), { body: { version, enriched_transactions: [] } });
}
