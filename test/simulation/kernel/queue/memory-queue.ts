import type { SQSRecord } from 'aws-lambda';
import { Failure } from '../../../../shared/failure.ts';
import { BATCH_ENTRIES, type OutgoingMessage, type Queue } from '../../../../shared/queue.ts';
import type { Actor, Simulation } from '../actors.ts';
import { awsError } from '../faults.ts';
import { port } from '../port.ts';
import { MemoryQueueCore, type QueueSettings } from './memory-queue-core.ts';

/** Of all bodies of one SendMessageBatch (AWS: SQS quotas). */
const BATCH_BYTES = 1024 * 1024;

/** All queues, and the side of them that Lambda's poller uses: it belongs to the platform and does not fail. */
export class MemoryQueues {
  readonly #queues = new Map<string, MemoryQueueCore>();
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** A dead-letter queue is created before the queues that use it. */
  create(queueUrl: string, settings: QueueSettings): MemoryQueueCore {
    const { deadLetter } = settings;
    const deadLetters = deadLetter && this.of(deadLetter.queueUrl);
    const queue = new MemoryQueueCore(this.#simulation, queueUrl, settings, deadLetters);
    this.#queues.set(queueUrl, queue);
    return queue;
  }

  /** @throws QueueDoesNotExist. */
  of(queueUrl: string): MemoryQueueCore {
    const queue = this.#queues.get(queueUrl);
    if (queue === undefined) throw awsError('QueueDoesNotExist', queueUrl);
    return queue;
  }

  all(): IterableIterator<MemoryQueueCore> {
    return this.#queues.values();
  }

  receive(queueUrl: string, max: number): SQSRecord[] {
    return this.of(queueUrl).receive(max);
  }

  /** After a batch: its messages that the handler did not report as failed. */
  deleteMessages(queueUrl: string, receiptHandles: Iterable<string>): void {
    const queue = this.of(queueUrl);
    for (const receiptHandle of receiptHandles) queue.delete(receiptHandle);
  }
}

/** The queues as one actor uses them; each request is a scheduling point. */
export function openMemoryQueue(queues: MemoryQueues, actor: Actor): Queue {
  const request = <Result>(name: string, queueUrl: string, key: string, effect: () => Result) =>
    port(actor, { name, key: `${queueUrl}/${key}` }, effect);

  return {
    send: (queueUrl, message) =>
      request('queue.send', queueUrl, message.group, () => queues.of(queueUrl).send(message)),
    sendBatch: (queueUrl, messages) => {
      const batch = [...messages];
      const key = batch[0]?.group ?? '';
      return request('queue.sendBatch', queueUrl, key, () => sendBatch(queues.of(queueUrl), batch, actor));
    },
    changeVisibility: (queueUrl, receiptHandle, seconds) =>
      request('queue.changeVisibility', queueUrl, receiptHandle, () =>
        queues.of(queueUrl).changeVisibility(receiptHandle, seconds),
      ),
    depth: (queueUrl) => request('queue.depth', queueUrl, '', () => queues.of(queueUrl).depth),
  };
}

/** SQS accepts or refuses each message of a batch on its own. */
function sendBatch(queue: MemoryQueueCore, messages: readonly OutgoingMessage[], actor: Actor): void {
  if (messages.length === 0 || messages.length > BATCH_ENTRIES) {
    throw awsError('InvalidParameterValue', `a batch of ${messages.length} messages`);
  }
  const bytes = messages.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  if (bytes > BATCH_BYTES) throw awsError('BatchRequestTooLong', `a batch of ${bytes} bytes`);
  const { partialBatch } = actor.simulation.faults.profile.queue;
  const isPartial = actor.random.chance(partialBatch);
  const accepted = messages.filter(() => !isPartial || actor.random.chance(0.5));
  for (const message of accepted) queue.send(message);
  if (accepted.length < messages.length) throw new Failure('retry', 'sqs-batch');
}
