import { KINDS_OF_TASKS } from '../../../../functions/consumers/reconcile/event.ts';
import { type Policy, RESULT_KINDS } from '../../../../shared/checklist/kinds.ts';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { delivery, receive } from '../../../consumers/testing/stage.ts';
import { createPollerStage, type PollerStage } from '../../../poller/testing/stage.ts';
import { memoryTable } from '../../../store/testing/memory-table.ts';

/** A stage with one policy for all kinds. */
export async function stageOf(policy: Policy): Promise<PollerStage> {
  const results = Object.fromEntries(RESULT_KINDS.map((kind) => [kind, policy]));
  return createPollerStage(await memoryTable(), { RESULTS: JSON.stringify(results) });
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

/** Lets a consumer have an event with every task, once. @returns the ids of the messages that failed. */
export function announce(stage: PollerStage, eventName: string, ids: EventIds = ALL_IDS): Promise<string[]> {
  const body = JSON.stringify({ tasks: Object.keys(KINDS_OF_TASKS) });
  const event = delivery(eventName, ids, {
    receivedAt: stage.clock.iso(),
    payload: { encoding: 'utf8', body },
  });
  return receive(stage.consumers, [event]);
}
