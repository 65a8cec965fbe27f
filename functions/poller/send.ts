import { randomUUID } from 'node:crypto';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Channel } from '../../shared/events/channels.ts';
import {
  type BookObservation,
  type Envelope,
  messageGroupId,
  serialiseEnvelope,
} from '../../shared/events/envelope.ts';
import { Failure } from '../../shared/failure.ts';
import type { Found } from './missing.ts';

const client = new SQSClient({ maxAttempts: 3 });

/** Of one SendMessageBatch (AWS: SQS quotas). */
const BATCH = 10;

/** Observations of more are left out: the consumer asks, once for a batch. */
const MOST_DOCUMENTS_CARRIED = 100;

/** Sends what the poller found into the channels that a webhook would have used. @throws Failure `retry` */
export async function sendFound(
  queueUrls: Readonly<Record<Channel, string>>,
  account: string,
  observation: BookObservation | undefined,
  found: readonly Found[],
  now: Date,
): Promise<void> {
  const carried =
    observation !== undefined && observation.documents.length <= MOST_DOCUMENTS_CARRIED
      ? observation
      : undefined;
  const byQueue = Map.groupBy(found, ({ channel }) => queueUrls[channel]);
  for (const [queueUrl, messages] of byQueue) {
    for (let start = 0; start < messages.length; start += BATCH) {
      const envelopes = messages
        .slice(start, start + BATCH)
        .map((message) => toEnvelope(message, account, carried, now));
      await sendBatch(queueUrl, envelopes);
    }
  }
}

function toEnvelope(
  found: Found,
  account: string,
  observation: BookObservation | undefined,
  now: Date,
): Envelope {
  const { eventName, channel, ids, jobs, wait, carry } = found;
  return {
    version: 1,
    deliveryId: `poll-${randomUUID()}`,
    account,
    source: 'poll',
    receivedAt: now.toISOString(),
    eventName,
    channel,
    ids,
    ...(jobs !== undefined && { jobs }),
    ...(wait !== undefined && { wait }),
    ...(carry && observation !== undefined && { observation }),
  };
}

async function sendBatch(queueUrl: string, envelopes: readonly Envelope[]): Promise<void> {
  const { Failed = [] } = await client.send(
    new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: envelopes.map((envelope, index) => ({
        Id: String(index),
        MessageBody: serialiseEnvelope(envelope),
        MessageGroupId: messageGroupId(envelope),
      })),
    }),
  );
  // The book stays due, and all of it is sent once more: consumers make nothing double.
  if (Failed.length > 0) throw new Failure('retry', 'sqs-batch');
}
