import type { SQSRecord } from 'aws-lambda';
import type { ScheduledEvent } from '../schedule/scheduler.ts';

/** `hidden`: delayed, or being processed. */
type MessageState = 'hidden' | 'ready' | 'deleted';

/** A message in a queue. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  /** Virtual Unix milliseconds. */
  readonly sentAt: number;
  state: MessageState;
  /** When a hidden message becomes ready. */
  wakeUp: ScheduledEvent | undefined;
  receiveCount: number;
  firstReceivedAt: number;
  /** When it was received last; the visibility timeout can be extended up to 12 hours from then. */
  receivedAt: number;
  /** The latest receipt handle; '' before the first. */
  receipt: string;
}

export function newMessage(id: string, body: string, group: string, sentAt: number): Message {
  return {
    id,
    body,
    group,
    sentAt,
    state: 'hidden',
    wakeUp: undefined,
    receiveCount: 0,
    firstReceivedAt: 0,
    receivedAt: 0,
    receipt: '',
  };
}

/** A received message as Lambda gives it to a handler (AWS: using Lambda with Amazon SQS). */
export function toRecord(message: Message, queueArn: string): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: 'simulation',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      MessageGroupId: message.group,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}
