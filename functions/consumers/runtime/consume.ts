import type { Context, SQSBatchResponse, SQSEvent, SQSHandler, SQSRecord } from 'aws-lambda';
import type { Channel } from '../../../shared/events/channels.ts';
import { Envelope } from '../../../shared/events/envelope.ts';
import { messageGroupId, serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import { asFailure, Failure } from '../../../shared/failure.ts';
import { readSettings } from '../../../shared/settings.ts';
import { errorFields, type Log } from '../../../shared/telemetry/log.ts';
import { reconcileDelivery } from '../reconcile/reconcile-delivery.ts';
import { Batch } from './batch.ts';
import { DeliveryContext } from './delivery-context.ts';
import { type ConsumerDependencies, openConsumer } from './dependencies.ts';
import { finishDelivery, recordFailedAttempt } from './finish-delivery.ts';
import { REQUEUE_AFTER_RECEIVES, retrySeconds, shouldHandOver, shouldRequeue } from './redelivery.ts';
import { ConsumerSettings } from './settings.ts';

/** Reserved for the last writes before the Lambda times out. */
const RESERVE_MS = 5000;

/**
 * The Lambda of a channel. When SQS retries a batch, it asks Ocrolus again and changes nothing that is already written.
 * Dependencies are opened at the first batch, so that tests can import a channel without its environment.
 */
export function defineConsumer(): SQSHandler {
  let opened:
    | { readonly settings: ConsumerSettings; readonly dependencies: ConsumerDependencies }
    | undefined;
  return (event, context) => {
    opened ??= open();
    return consume(opened.settings.CHANNEL, opened.dependencies, event, context);
  };
}

function open() {
  const settings = readSettings(ConsumerSettings);
  return { settings, dependencies: openConsumer(settings) };
}

/**
 * Processes a batch: each record separately, so that only the failed ones are delivered again (partial batch response).
 * Never throws.
 */
export async function consume(
  channel: Channel,
  dependencies: ConsumerDependencies,
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
): Promise<SQSBatchResponse> {
  const records = event.Records.map(readRecord);
  const batch = new Batch(
    records.flatMap(({ envelope, attempts }) =>
      envelope instanceof Failure ? [] : [{ envelope, attempts }],
    ),
  );
  const deadline = dependencies.ports.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const log = dependencies.log.with({ channel, requestId: context.awsRequestId });
  const failed = await Promise.all(
    records.map(async (one) => {
      const isDone = await consumeRecord({ ...one, dependencies, log, batch, deadline });
      return isDone ? [] : [{ itemIdentifier: one.record.messageId }];
    }),
  );
  await Promise.all(batch.largeBodies.map((body) => body.discard()));
  return { batchItemFailures: failed.flat() };
}

interface ReadRecord {
  readonly record: SQSRecord;
  readonly envelope: Envelope | Failure;
  /** How often it has been received, from 1. */
  readonly attempts: number;
}

interface RecordWork extends ReadRecord {
  readonly dependencies: ConsumerDependencies;
  readonly log: Log;
  readonly batch: Batch;
  readonly deadline: number;
}

/** @returns whether the message is finished; otherwise SQS delivers it again. */
async function consumeRecord(work: RecordWork): Promise<boolean> {
  const { record, envelope, attempts } = work;
  const log = work.log.with({ messageId: record.messageId, attempts });
  if (envelope instanceof Failure) return retryLater(work, log, envelope);
  const { deliveryId, eventName, source, ids } = envelope;
  const deliveryLog = log.with({
    deliveryId,
    eventName,
    source,
    bookUuid: ids.bookUuid,
    bookPk: ids.bookPk,
  });
  const context = new DeliveryContext({ ...work, envelope, log: deliveryLog });
  try {
    return await consumeDelivery(work, context);
  } catch (error) {
    const failure = asFailure(error);
    await recordFailedAttempt(context, failure);
    if (shouldRequeue(failure, attempts) && (await requeue(work, envelope, deliveryLog))) return true;
    return retryLater(work, deliveryLog, failure);
  }
}

/** @throws Failure `retry` or `broken` when the message has to be processed again. */
async function consumeDelivery({ dependencies, attempts }: RecordWork, context: DeliveryContext) {
  const { envelope } = context;
  const quickSeconds =
    envelope.source === 'webhook' ? dependencies.settings.QUICK_RETRY_SECONDS[attempts - 1] : undefined;
  const finished = await reconcileDelivery(context, {
    mayRetrySoon: quickSeconds !== undefined,
    handsOver: (failure) => shouldHandOver(failure, attempts),
  });
  if (finished.outcome === 'retry-soon') {
    throw new Failure('retry', finished.reason, { retryAfterSeconds: quickSeconds, isExpected: true });
  }
  await finishDelivery(context, finished);
  return true;
}

async function retryLater(
  { dependencies, record, attempts }: RecordWork,
  log: Log,
  failure: Failure,
): Promise<false> {
  const { ports, settings, metrics } = dependencies;
  const seconds = secondsUntilRetry(failure, attempts, ports.random());
  const cause = failure.cause === undefined ? {} : errorFields(failure.cause);
  log.warn('retry scheduled', { class: failure.class, code: failure.code, seconds, ...cause });
  metrics.count('MessageRetried', { class: failure.class });
  await ports.queue
    .changeVisibility(settings.QUEUE_URL, record.receiptHandle, seconds)
    .catch((problem: unknown) => {
      // It is delivered again anyway, after the queue's own visibility timeout.
      log.warn('visibility not changed', errorFields(problem));
    });
  return false;
}

/** @returns whether another message has replaced this one, which is then finished. */
async function requeue({ dependencies }: RecordWork, envelope: Envelope, log: Log): Promise<boolean> {
  const { ports, settings } = dependencies;
  try {
    await ports.queue.send(settings.QUEUE_URL, {
      body: serialiseEnvelope({ ...envelope, repeated: true }),
      group: messageGroupId(envelope),
      delaySeconds: retrySeconds(REQUEUE_AFTER_RECEIVES, ports.random()),
    });
    log.info('message requeued');
    return true;
  } catch (problem) {
    log.warn('message not requeued', errorFields(problem));
    return false;
  }
}

/**
 * A `broken` message is delivered again at once, until SQS puts it into the dead-letter queue (docs/decisions/0004).
 */
function secondsUntilRetry(failure: Failure, attempts: number, random: number): number {
  if (failure.class === 'broken') return 0;
  if (failure.isExpected) return failure.retryAfterSeconds ?? retrySeconds(attempts, random);
  return retrySeconds(attempts, random, failure.retryAfterSeconds);
}

function readRecord(record: SQSRecord): ReadRecord {
  const attempts = Number(record.attributes.ApproximateReceiveCount);
  return { record, envelope: readEnvelope(record.body), attempts };
}

function readEnvelope(body: string): Envelope | Failure {
  try {
    return Envelope.parse(JSON.parse(body));
  } catch (cause) {
    return new Failure('broken', 'unreadable-message', { cause });
  }
}
