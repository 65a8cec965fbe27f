import type { SQSRecord } from 'aws-lambda';
import { Envelope } from '../../../shared/events/envelope.ts';
import { messageGroupId, serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import { Failure } from '../../../shared/failure.ts';
import { Context } from '../../../shared/reconcile/context.ts';
import { errorFields, type Log } from '../../../shared/telemetry/log.ts';
import type { ConsumerDependencies } from './dependencies.ts';
import { retrySeconds } from './redelivery.ts';

/** A message that is being processed: a delivery of Ocrolus, or a look that the poller hands over. */
export interface Delivery {
  readonly envelope: Envelope;
  /** Number of times that SQS has delivered its message, from 1. */
  readonly receives: number;
  /** Unix milliseconds of the first of these times. */
  readonly firstReceivedAt: number;
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly dependencies: ConsumerDependencies;
  readonly log: Log;
  /** Unix milliseconds by which everything must be done. */
  readonly deadline: number;
}

/** @returns the envelope, or the reason why the message cannot be read. */
export function readEnvelope({ body }: SQSRecord): Envelope | Failure {
  try {
    return Envelope.parse(JSON.parse(body));
  } catch (cause) {
    return new Failure('broken', 'unreadable-message', { cause });
  }
}

export function isLook({ envelope }: Delivery): boolean {
  return envelope.source === 'poll';
}

/** Context for the book of some deliveries. @param bookId its uuid, or the partition of what is known of it. */
export function contextOf([first, ...others]: readonly [Delivery, ...Delivery[]], bookId: string): Context {
  const all = [first, ...others];
  const isFromOcrolus = all.some((one) => !isLook(one));
  const ids = all.map(({ envelope }) => envelope.deliveryId).join(' ');
  return new Context({
    dependencies: first.dependencies,
    log: others.length === 0 ? first.log : first.log.with({ deliveryId: ids }),
    bookId,
    deadline: first.deadline,
    source: isFromOcrolus ? 'webhook' : 'poll',
    account: first.envelope.account,
  });
}

/** Makes SQS deliver the message again after some seconds, or else after the queue's visibility timeout. */
export async function deliverAgain(
  {
    dependencies: { ports, settings },
    log,
    receiptHandle,
  }: Pick<Delivery, 'dependencies' | 'log' | 'receiptHandle'>,
  seconds: number,
): Promise<void> {
  await ports.queue.changeVisibility(settings.QUEUE_URL, receiptHandle, seconds).catch((problem: unknown) => {
    log.warn('visibility not changed', errorFields(problem));
  });
}

/** Makes SQS deliver a failed message again, with growing pauses. */
export async function retryLater(
  delivery: Pick<Delivery, 'dependencies' | 'log' | 'receiptHandle' | 'receives' | 'firstReceivedAt'>,
  failure: Failure,
): Promise<void> {
  const { dependencies, log, receives, firstReceivedAt } = delivery;
  const { metrics, ports } = dependencies;
  // An unreadable message goes to the dead-letter queue without a pause (docs/decisions/0028).
  const seconds =
    failure.class === 'broken' ? 0 : retrySeconds(receives, ports.random(), failure.retryAfterSeconds);
  const cause = failure.cause === undefined ? {} : errorFields(failure.cause);
  log.warn('retry scheduled', { class: failure.class, code: failure.code, seconds, ...cause });
  metrics.count('MessageRetried', { class: failure.class });
  metrics.record('MessageFailing', Math.max(0, (ports.now() - firstReceivedAt) / 1000), 'Seconds', {});
  await deliverAgain(delivery, seconds);
}

/** Sends a message to the consumer's own queue. @throws the error of SQS. */
export async function send(
  { dependencies: { ports, settings } }: Delivery,
  envelope: Envelope,
): Promise<void> {
  const body = serialiseEnvelope(envelope);
  await ports.queue.send(settings.QUEUE_URL, { body, group: messageGroupId(envelope) });
}
