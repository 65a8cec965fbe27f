import type { Delivery } from '../../../infra/local/ocrolus/index.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import type { Partition } from './partition.ts';

export interface LedgerFigures {
  readonly entries: number;
  /** Of deliveries that Ocrolus does not know to have been accepted: the answer was lost. */
  readonly unanswered: number;
  readonly differences: string[];
}

/**
 * Every delivery that was answered with 200 is in the ledger, once for each time, with a final outcome. An attempt whose
 * answer was lost may be in it, too; two that came in the same millisecond are one entry.
 */
export function checkLedger(
  deliveries: readonly Delivery[],
  partitions: ReadonlyMap<string, Partition>,
): LedgerFigures {
  const entries = [...partitions.values()].flatMap(({ events }) => events);
  const byId = Map.groupBy(
    entries.filter(({ source }) => source === 'webhook'),
    ({ deliveryId }) => deliveryId,
  );
  const attempts = deliveries.flatMap(({ eventName, attempts: made }) =>
    made.map((attempt) => ({ ...attempt, eventName })),
  );
  const differences: string[] = [];
  let answered = 0;
  for (const [deliveryId, made] of Map.groupBy(attempts, (attempt) => attempt.deliveryId)) {
    const accepted = made.filter(({ status }) => status === 200).length;
    const found = byId.get(deliveryId) ?? [];
    answered += Math.min(found.length, accepted);
    const what = `${made[0]?.eventName} ${deliveryId}`;
    if (accepted > 0 && found.length === 0) differences.push(`${what} was accepted and is not in the ledger`);
    else if (found.length > made.length)
      differences.push(`${what} is ${found.length} times in the ledger after ${made.length} attempts`);
    differences.push(...duplicates(found).map((key) => `${what} is in the ledger twice as ${key}`));
    byId.delete(deliveryId);
  }
  for (const { channel, outcome, deliveryId, eventName, reason, codes = [] } of entries) {
    if (outcome === 'retrying')
      differences.push(`${eventName} ${deliveryId} is still retrying: ${reason} after ${codes.join(' ')}`);
    else if ((channel === 'unrecognized') !== (outcome === 'unrecognized'))
      differences.push(`${deliveryId} of ${channel} has the outcome ${outcome}`);
  }
  for (const deliveryId of byId.keys()) differences.push(`${deliveryId} is in the ledger and was never sent`);
  const known = entries.filter(({ source }) => source === 'webhook').length;
  return { entries: entries.length, unanswered: known - answered, differences };
}

/** The same entry in two partitions, for example of the pk and of the uuid. */
function duplicates(found: readonly EventItem[]): string[] {
  const keys = found.map(({ item }) => item);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}
