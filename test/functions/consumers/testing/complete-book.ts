import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { bookStatus, saysCaptured, signals } from './answers.ts';
import { type Harness, look, receive } from './harness.ts';
import type { ScriptedOcrolus } from './ocrolus.ts';

/** Lets Ocrolus have everything that a verified book with some documents has by the default policy. */
export function saysComplete(
  ocrolus: ScriptedOcrolus,
  bookUuid = 'b',
  docUuids: readonly string[] = ['d'],
): void {
  const docs = docUuids.map((uuid) => ({ uuid, status: 'VERIFICATION_COMPLETE' }));
  ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFIED', docs));
  for (const docUuid of docUuids) saysCaptured(ocrolus, bookUuid, docUuid);
  saysAnalytics(ocrolus, bookUuid);
  const states = Object.fromEntries(docUuids.map((uuid) => [uuid, 'COMPLETED']));
  ocrolus.says(calls.bookSignals(bookUuid), signals(bookUuid, states));
  saysNoProbes(ocrolus, bookUuid);
}

/** Lets consumers receive every event of a book that has everything, and a look for what no event names. */
export async function receiveEverything(
  harness: Pick<Harness, 'dependencies'>,
  bookUuid = 'b',
): Promise<void> {
  for (const eventName of ['BOOK_VERIFIED', 'book.analytics_v2.generated', 'book.detect.signal_found'])
    await receive(harness, [delivery(eventName, { bookUuid })]);
  await receive(harness, [look(bookUuid, { urgent: true })]);
}

/** Lets Ocrolus have analytics of version 2. */
export function saysAnalytics(ocrolus: ScriptedOcrolus, bookUuid = 'b'): void {
  ocrolus.says(calls.bookSummary(bookUuid), { body: { number_of_docs_processed: 1 } });
  ocrolus.says(calls.cashFlowFeatures(bookUuid), { body: { num_of_months: 3 } });
  ocrolus.says(calls.enrichedTransactions(bookUuid), { body: { enriched_transactions: [] } });
}

/** Lets Ocrolus refuse everything that is asked for as a probe only. */
export function saysNoProbes(ocrolus: ScriptedOcrolus, bookUuid = 'b'): void {
  const probes = [
    calls.incomeCalculations(bookUuid),
    calls.incomeSummary(bookUuid),
    calls.classificationSummary(bookUuid),
    calls.suspiciousActivityFlags(bookUuid),
    calls.analytics({ bookUuid }),
  ];
  for (const call of probes) ocrolus.says(call, { httpStatus: 403, body: { message: 'Forbidden' } });
}
