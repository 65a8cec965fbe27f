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
}

/** The operations of SQS that consumers and poller use. */
export interface Queue {
  send(queueUrl: string, message: OutgoingMessage): Promise<void>;
  /** Sends up to {@link BATCH_ENTRIES}. @throws Failure `retry`, code `sqs-batch`, when SQS refused some of the messages. */
  sendBatch(queueUrl: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** @param seconds 0 to 43,200 (AWS: ChangeMessageVisibility). */
  changeVisibility(queueUrl: string, receiptHandle: string, seconds: number): Promise<void>;
  /** Approximate number of messages that wait to be received, without those received before that wait for a retry. */
  depth(queueUrl: string): Promise<number>;
}

/** Maximum number of messages in one SendMessageBatch (AWS: SQS quotas). */
export const BATCH_ENTRIES = 10;

const REQUEST_TIMEOUTS = { requestTimeout: 5000, throwOnRequestTimeout: true, connectionTimeout: 1000 };

export function openQueue(
  client: SQSClient = new SQSClient({ maxAttempts: 3, requestHandler: REQUEST_TIMEOUTS }),
): Queue {
  return {
    async send(QueueUrl, { body, group }) {
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageGroupId: group }));
    },
    async sendBatch(QueueUrl, messages) {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: messages.map(({ body, group }, index) => ({
            Id: String(index),
            MessageBody: body,
            MessageGroupId: group,
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
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },
  };
}
