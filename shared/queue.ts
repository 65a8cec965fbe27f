import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Failure } from './failure.ts';

export interface OutgoingMessage {
  readonly body: string;
  /** `MessageGroupId`: SQS serves groups fairly. */
  readonly group: string;
  /** Until it can be received: 0 to 900 (AWS: SendMessage). */
  readonly delaySeconds?: number;
}

/** The operations of SQS that consumers and poller use. */
export interface Queue {
  send(queueUrl: string, message: OutgoingMessage): Promise<void>;
  /** One of {@link inBatches}. @throws Failure `retry`, code `sqs-batch`, when SQS refused some of the messages. */
  sendBatch(queueUrl: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** @param seconds 0 to 43,200 (AWS: ChangeMessageVisibility). */
  changeVisibility(queueUrl: string, receiptHandle: string, seconds: number): Promise<void>;
  /** How many messages wait to be received, approximately. */
  depth(queueUrl: string): Promise<number>;
}

/** Messages of one SendMessageBatch, and the bytes of all their bodies together (AWS: SQS quotas). */
export const BATCH_ENTRIES = 10;
export const BATCH_BYTES = 1024 * 1024;

/** Splits messages into batches that SQS accepts. A message that is too large by itself gets its own batch. */
export function* inBatches(messages: readonly OutgoingMessage[]): Generator<OutgoingMessage[]> {
  let batch: OutgoingMessage[] = [];
  let batchBytes = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    const isFull = batch.length === BATCH_ENTRIES || batchBytes + bytes > BATCH_BYTES;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      batchBytes = 0;
    }
    batch.push(message);
    batchBytes += bytes;
  }
  if (batch.length > 0) yield batch;
}

const REQUEST_TIMEOUTS = { requestTimeout: 5000, throwOnRequestTimeout: true, connectionTimeout: 1000 };

export function openQueue(
  client: SQSClient = new SQSClient({ maxAttempts: 3, requestHandler: REQUEST_TIMEOUTS }),
): Queue {
  return {
    async send(QueueUrl, { body, group, delaySeconds = 0 }) {
      await client.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: body,
          MessageGroupId: group,
          DelaySeconds: delaySeconds,
        }),
      );
    },
    async sendBatch(QueueUrl, messages) {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: messages.map(({ body, group, delaySeconds = 0 }, index) => ({
            Id: String(index),
            MessageBody: body,
            MessageGroupId: group,
            DelaySeconds: delaySeconds,
          })),
        }),
      );
      if (Failed.length > 0) throw new Failure('retry', 'sqs-batch');
    },
    async changeVisibility(QueueUrl, ReceiptHandle, VisibilityTimeout) {
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
    },
    async depth(QueueUrl) {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },
  };
}
