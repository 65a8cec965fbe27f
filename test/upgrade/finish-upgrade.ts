import { randomUUID } from 'node:crypto';
import { rebuildEnvelope } from '../../infra/ops/ledger/rebuild.ts';
import { messageGroupId, serialiseEnvelope } from '../../shared/events/queue-message.ts';
import type { Bodies } from '../../shared/store/bodies/result-bodies.ts';
import { EventItem } from '../../shared/store/items.ts';
import { queueUrl } from '../simulation/system/settings.ts';
import type { UpgradedSystem } from './upgraded-system.ts';

/**
 * What an operator does after the upgrade from version 0.1 (docs/operations.md#from-version-01): deliveries that wait for a
 * book of which only the pk was known, or for none, are sent again, and what 0.1 kept for them is deleted.
 */
export async function finishUpgrade({ core }: UpgradedSystem): Promise<void> {
  const { table, queues, simulation } = core;
  const now = simulation.scheduler.now();
  const partitions = ['account', ...[...table.bookIds()].filter((bookId) => bookId.startsWith('pk-'))];
  for (const item of partitions.flatMap((bookId) => [...table.peekPartition(bookId)])) {
    const key = { bookId: String(item.bookId), item: String(item.item) };
    if (!key.item.startsWith('EVENT#')) {
      if (item.status !== 'FORGOTTEN') table.delete(key);
      continue;
    }
    const entry = EventItem.parse(item);
    if (entry.outcome !== 'waiting' && entry.outcome !== 'retrying') continue;
    // The fixture has no large bodies of deliveries.
    const envelope = await rebuildEnvelope(entry, {} as Bodies);
    if (envelope === undefined) continue;
    queues.of(queueUrl(envelope.channel)).restore(
      {
        id: randomUUID(),
        body: serialiseEnvelope(envelope),
        group: messageGroupId(envelope),
        sentAt: now,
        receiveCount: 0,
        firstReceivedAt: now,
        receivedAt: now,
      },
      0,
    );
  }
}
