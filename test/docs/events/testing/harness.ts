import { KINDS_OF_TASKS } from '../../../../functions/consumers/reconcile/event.ts';
import { type Policy, RESULT_KINDS } from '../../../../shared/checklist/kinds.ts';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { receive } from '../../../consumers/testing/harness.ts';
import { delivery } from '../../../events/testing/delivery.ts';
import { createPollerHarness, type PollerHarness } from '../../../poller/testing/harness.ts';
import { memoryTable } from '../../../store/testing/memory-table.ts';

/** A harness with one policy for all kinds. */
export async function harnessOf(policy: Policy): Promise<PollerHarness> {
  const results = Object.fromEntries(RESULT_KINDS.map((kind) => [kind, policy]));
  return createPollerHarness(await memoryTable(), { RESULTS: JSON.stringify(results) });
}

/** Every id that an event may have. */
const ALL_IDS: EventIds = {
  bookUuid: 'b',
  uploadedDocUuid: 'd',
  docUuid: 'd',
  imageGroupPk: '9',
  analyticsRequestId: 'r',
  businessUuid: 'm',
};

/** Delivers an event with every task to a consumer, once. @returns the ids of the messages that failed. */
export function deliver(
  harness: PollerHarness,
  eventName: string,
  ids: EventIds = ALL_IDS,
): Promise<string[]> {
  const body = JSON.stringify({ tasks: Object.keys(KINDS_OF_TASKS) });
  const event = delivery(eventName, ids, {
    receivedAt: harness.clock.iso(),
    payload: { encoding: 'utf8', body },
  });
  return receive(harness.consumers, [event]);
}
