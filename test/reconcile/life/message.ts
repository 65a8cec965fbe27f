import type { SQSRecord } from 'aws-lambda';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { toRecord as recordOf } from '../../consumers/testing/harness.ts';

/** A message in a queue. */
export interface Message {
  readonly envelope: Envelope;
  attempts: number;
  /** Unix milliseconds. */
  visibleAt: number;
  isInFlight: boolean;
}

/** The record of a message in a batch, by its position. */
export function toRecord({ envelope, attempts }: Message, position: number, batchId: string): SQSRecord {
  const receiptHandle = `${batchId}-${position}`;
  return recordOf(JSON.stringify(envelope), { id: `${position}`, receiptHandle, attempts });
}

/** A message in a line of the story. */
export function describeMessage({ envelope: { eventName, ids, wants = [] } }: Message): string {
  return `${eventName} ${JSON.stringify(ids)} ${wants.map(({ kind, subject }) => `${kind}/${subject}`)}`;
}
