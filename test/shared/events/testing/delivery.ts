import { randomUUID } from 'node:crypto';
import { catalogEntry, findEventName } from '../../../../shared/events/catalog.ts';
import type { Envelope } from '../../../../shared/events/envelope.ts';
import type { EventIds } from '../../../../shared/events/ids.ts';

/** The message of an event that Ocrolus sent at the tests' present. */
export function delivery(eventName: string, ids: EventIds, more: Partial<Envelope> = {}): Envelope {
  const known = findEventName(eventName);
  return {
    version: 1,
    deliveryId: randomUUID(),
    account: 'default',
    source: 'webhook',
    receivedAt: '2026-03-02T08:01:30.000Z',
    eventName,
    channel: known === undefined ? 'unrecognized' : catalogEntry(known).channel,
    ids,
    ...more,
  };
}
