import { calls } from '../../../../shared/ocrolus/calls.ts';
import { bookStatus, type ScriptedDocument, signals } from '../../../functions/consumers/testing/answers.ts';
import { saysComplete } from '../../../functions/consumers/testing/complete-book.ts';
import type { ScriptedOcrolus } from '../../../functions/consumers/testing/ocrolus.ts';

/** Answer of a proxy, or for a product that is not enabled: no code. */
export const FORBIDDEN = { httpStatus: 403, body: { message: 'Forbidden' } };

/** A document as Book status lists it. */
export const document = (uuid: string, status = 'VERIFICATION_COMPLETE'): ScriptedDocument => ({
  uuid,
  status,
});

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
 * A verified book that has everything of the default policy, and signals of each document for the events that name it;
 * what is only probed is refused. Analytics have version 1, as {@link saysAnalytics} shows it.
 *
 * @param docUuids its documents, all verified.
 */
export function saysEverything(
  ocrolus: ScriptedOcrolus,
  bookUuid = 'b',
  docUuids: readonly string[] = ['d'],
): void {
  saysComplete(ocrolus, bookUuid, docUuids);
  saysAnalytics(ocrolus, bookUuid);
  for (const docUuid of docUuids)
    ocrolus.says(calls.documentSignals(docUuid), signals(bookUuid, { [docUuid]: 'COMPLETED' }));
}

/** Analytics of version 2. @param version shows which answer was stored. */
export function saysAnalytics(ocrolus: ScriptedOcrolus, bookUuid = 'b', version = 1): void {
  ocrolus.says(calls.bookSummary(bookUuid), { body: { number_of_docs_processed: version } });
  ocrolus.says(calls.cashFlowFeatures(bookUuid), { body: { num_of_months: version } });
  ocrolus.says(calls.enrichedTransactions(bookUuid), { body: { version, enriched_transactions: [] } });
}
