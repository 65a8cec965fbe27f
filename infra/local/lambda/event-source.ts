import { setTimeout as delay } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { LocalLog } from '../log.ts';
import type { LambdaFunction } from './function.ts';
import { failedMessageIds, toSqsEvent } from './sqs-event.ts';

/** SQS's own limit for one receive call. */
const MAX_RECEIVE = 10;
/** As Lambda polls. Waiting costs nothing: fauxqs answers as soon as a message is there, and when it closes. */
const WAIT_SECONDS = 20;
/** A batch that is at work for longer than this does not keep the next one waiting. */
const SCALE_UP_AFTER_MS = 100;

export interface EventSource {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** Most batches at work at a time. */
  readonly maxConcurrency: number;
  /** Whether the function says which messages failed. */
  readonly reportsFailures: boolean;
}

export interface PolledQueue {
  /** A queue that is not enabled keeps its messages; batches that are at work are finished. */
  setEnabled(isEnabled: boolean): void;
  stop(): void;
  readonly done: Promise<void>;
}

/**
 * Moves messages from a queue to a function, as an event source mapping: one long poll at a time while there is
 * nothing to do, as many batches at a time as the backlog asks for and `maxConcurrency` allows.
 *
 * An aborted long poll would leave the message it was about to get invisible, so a poll is never aborted: to stop,
 * call `stop`, then close the queues, which ends the poll with an empty answer.
 */
export function pollQueue(
  source: EventSource,
  lambda: LambdaFunction,
  options: { readonly sqs: SQSClient; readonly log: LocalLog },
): PolledQueue {
  const { sqs, log } = options;
  const { queueUrl } = source;
  const atWork = new Set<Promise<void>>();
  let stopped = false;
  let enabled = Promise.withResolvers<void>();
  let isEnabled = true;
  enabled.resolve();

  async function poll(): Promise<void> {
    while (!stopped) {
      if (atWork.size > 0) await Promise.race([...atWork, whenImpatient()]);
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

  /** Resolves when another batch may start beside those at work; never when there are enough. */
  function whenImpatient(): Promise<void> {
    return atWork.size < source.maxConcurrency ? delay(SCALE_UP_AFTER_MS) : new Promise(() => {});
  }

  async function receive(): Promise<Message[]> {
    const messages: Message[] = [];
    do {
      const wanted = Math.min(MAX_RECEIVE, source.batchSize - messages.length);
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: wanted,
          WaitTimeSeconds: messages.length === 0 ? WAIT_SECONDS : 0,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      );
      messages.push(...Messages);
      if (Messages.length < wanted) break;
    } while (messages.length < source.batchSize);
    return messages;
  }

  function begin(messages: readonly Message[]): void {
    const batch = process(messages).catch((error) => {
      if (!stopped) log('queues', `batch from ${queueUrl}: ${String(error)}`);
    });
    atWork.add(batch);
    void batch.then(() => atWork.delete(batch));
  }

  async function process(messages: readonly Message[]): Promise<void> {
    const outcome = await lambda.invoke(toSqsEvent(messages, source.queueArn));
    if (!outcome.ok) return;
    const ids = messages.map(({ MessageId }) => MessageId ?? '');
    const failed = source.reportsFailures ? failedMessageIds(outcome.payload, ids) : new Set<string>();
    const finished = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ''));
    for (let start = 0; start < finished.length; start += MAX_RECEIVE) {
      await remove(finished.slice(start, start + MAX_RECEIVE));
    }
  }

  /** Received by a poll that was under way when the queue was disabled. */
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
    setEnabled(isOn) {
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
