import type { Envelope, Payload } from '../events/envelope.ts';
import type { EventItem, Outcome } from './items.ts';
import { eventItem } from './keys.ts';
import type { Table } from './table.ts';

export interface LedgerEntry {
  readonly bookId: string;
  readonly envelope: Envelope;
  readonly outcome: Outcome;
  readonly reason?: string | undefined;
  readonly attempts: number;
  /** ISO 8601. */
  readonly processedAt: string;
  readonly keepDays: number;
}

/**
 * Writes down what became of a delivery: the last write of all, so that a crash before it brings the message
 * back. The first entry stays; SQS may deliver a message twice.
 */
export async function writeLedger(table: Table, entry: LedgerEntry): Promise<void> {
  const { envelope, processedAt } = entry;
  const item: EventItem = {
    bookId: entry.bookId,
    item: eventItem(envelope.receivedAt, envelope.deliveryId),
    deliveryId: envelope.deliveryId,
    eventName: envelope.eventName,
    channel: envelope.channel,
    account: envelope.account,
    source: envelope.source,
    receivedAt: envelope.receivedAt,
    processedAt,
    outcome: entry.outcome,
    ...(entry.reason !== undefined && { reason: entry.reason }),
    attempts: entry.attempts,
    ...(envelope.payload !== undefined && { payload: storedPayload(envelope.payload) }),
    expiresAt: Math.floor(Date.parse(processedAt) / 1000) + entry.keepDays * 86_400,
  };
  await table.put(item, { expression: 'attribute_not_exists(#item)', names: { '#item': 'item' } });
}

function storedPayload(payload: Payload): EventItem['payload'] {
  switch (payload.encoding) {
    case 'utf8':
      return payload.body;
    case 'base64':
      return Buffer.from(payload.body, 'base64');
    case 's3':
      return { bucket: payload.bucket, key: payload.key };
  }
}
