import { setTimeout as delay } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { REGION } from '../../running-stacks/access.ts';
import type { LocalLog } from '../log.ts';
import type { LambdaFunction } from './function.ts';

/** Duration of a long poll, as in Lambda. fauxqs answers as soon as there is a message, and when it closes. */
const WAIT_SECONDS = 20;
/** If a batch takes longer than this, the next batch starts in parallel. */
const SCALE_UP_AFTER_MS = 100;

export interface EventSource {
  readonly queueUrl: string;
  readonly queueArn: string;
  /** At most 10, which one receive call of SQS returns. */
  readonly batchSize: number;
  /** Maximum number of batches that run at the same time. */
  readonly maxConcurrency: number;
  /** True if the function reports which messages failed. */
  readonly reportsFailures: boolean;
}

/**
 * Moves messages from a queue to a function, as an event source mapping does: one long poll at a time while the queue is
 * empty, and as many batches at the same time as the backlog needs and `maxConcurrency` allows.
 *
 * A poll is never aborted: the message that it was about to receive would stay invisible. To stop, call `stop` and then close
 * the queues, which ends the poll with an empty answer.
 */
export function pollQueue(
  source: EventSource,
  lambda: LambdaFunction,
  options: { readonly sqs: SQSClient; readonly log: LocalLog },
) {
  const { sqs, log } = options;
  const { queueUrl } = source;
  const running = new Set<Promise<void>>();
  let stopped = false;
  let enabled = Promise.withResolvers<void>();
  let isEnabled = true;
  enabled.resolve();

  async function poll(): Promise<void> {
    while (!stopped) {
      if (running.size > 0) await Promise.race([...running, whenAnotherMayStart()]);
      await enabled.promise;
      try {
        const messages = stopped ? [] : await receive();
        if (messages.length === 0 || stopped) continue;
        if (isEnabled) begin(messages);
        else await putBack(messages);
      } catch (error) {
        if (stopped) return;
        log('queues', `receive from ${queueUrl}: ${String(error)}`);
        await delay(1000);
      }
    }
  }

  /** Resolves when another batch may start beside the running ones; never at the limit. */
  function whenAnotherMayStart(): Promise<void> {
    return running.size < source.maxConcurrency ? delay(SCALE_UP_AFTER_MS) : new Promise(() => {});
  }

  async function receive(): Promise<Message[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: source.batchSize,
        WaitTimeSeconds: WAIT_SECONDS,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  function begin(messages: readonly Message[]): void {
    const batch = process(messages).catch((error) => {
      if (!stopped) log('queues', `batch from ${queueUrl}: ${String(error)}`);
    });
    running.add(batch);
    void batch.then(() => running.delete(batch));
  }

  async function process(messages: readonly Message[]): Promise<void> {
    const outcome = await lambda.invoke(toSqsEvent(messages, source.queueArn));
    if (!outcome.ok) return;
    const ids = messages.map(({ MessageId }) => MessageId ?? '');
    const failed = source.reportsFailures ? failedMessageIds(outcome.payload, ids) : new Set<string>();
    const finished = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ''));
    if (finished.length > 0) await remove(finished);
  }

  /** Returns messages of a poll that had begun before the queue was disabled. */
  async function putBack(messages: readonly Message[]): Promise<void> {
    const Entries = messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }

  async function remove(messages: readonly Message[]): Promise<void> {
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }

  return {
    isEnabled: () => isEnabled,
    /** A disabled queue keeps its messages; running batches are finished. */
    setEnabled(isOn: boolean) {
      if (isOn === isEnabled) return;
      isEnabled = isOn;
      if (isOn) enabled.resolve();
      else enabled = Promise.withResolvers();
    },
    stop() {
      stopped = true;
      enabled.resolve();
    },
    done: poll(),
  };
}

/** Event that Lambda's poller builds from received messages (AWS: using Lambda with Amazon SQS). */
function toSqsEvent(messages: readonly Message[], queueArn: string): SQSEvent {
  return { Records: messages.map((message) => toRecord(message, queueArn)) };
}

function toRecord(message: Message, queueArn: string): SQSRecord {
  const attributes = message.Attributes ?? {};
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ...attributes,
      ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? '1',
      SentTimestamp: attributes.SentTimestamp ?? '',
      SenderId: attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? '',
    },
    // No sender sets any.
    messageAttributes: {},
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
}

/**
 * Finds the messages that a batch response leaves in the queue. As in Lambda, a malformed response, or one that names
 * a message of another batch, is the failure of all; an empty one is success.
 */
export function failedMessageIds(payload: string, messageIds: readonly string[]): ReadonlySet<string> {
  const all = new Set(messageIds);
  const response: unknown = JSON.parse(payload);
  if (typeof response !== 'object' || response === null) return new Set();
  const failures = (response as Partial<SQSBatchResponse>).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return all;
  const named = failures.map((failure: unknown) =>
    typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure
      ? failure.itemIdentifier
      : null,
  );
  const failed = new Set<string>();
  for (const id of named) {
    if (typeof id !== 'string' || !all.has(id)) return all;
    failed.add(id);
  }
  return failed;
}
