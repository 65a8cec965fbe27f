import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Channel } from '../../shared/events/channels.ts';
import { Envelope, messageGroupId } from '../../shared/events/envelope.ts';
import { asFailure, Failure } from '../../shared/failure.ts';
import { errorFields, type Log } from '../../shared/telemetry/log.ts';
import { Batch, type News } from './batch.ts';
import { close } from './close.ts';
import { retrySeconds } from './coming-back.ts';
import { Observing } from './observing.ts';
import type { Observed } from './outcome.ts';
import type { ConsumerParts } from './parts.ts';

/** Asks Ocrolus what an event needs, and writes down what it says. @throws Failure */
export type Observe = (observing: Observing) => Promise<Observed | Unrecognized>;

export interface Unrecognized {
  readonly outcome: 'unrecognized';
  readonly reason: string;
}

/** Kept back for the last writes before the Lambda's time is over. */
const RESERVE_MS = 5000;

/**
 * Works off a batch: every record on its own, so that one which fails is delivered again and the others are
 * not (partial batch response). Never throws.
 */
export async function consume(
  channel: Channel,
  observe: Observe,
  parts: ConsumerParts,
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
): Promise<SQSBatchResponse> {
  const read = event.Records.map(readRecord);
  const batch = new Batch(read.flatMap(toNews));
  const deadline = parts.now().getTime() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const log = parts.log.with({ channel, requestId: context.awsRequestId });
  const failed = await Promise.all(
    read.map(async (one) => {
      const done = await consumeRecord({ ...one, observe, parts: { ...parts, log }, batch, deadline });
      return done ? [] : [{ itemIdentifier: one.record.messageId }];
    }),
  );
  return { batchItemFailures: failed.flat() };
}

interface ReadRecord {
  readonly record: SQSRecord;
  readonly envelope: Envelope | Failure;
  /** How often it has been received, from 1. */
  readonly attempts: number;
}

interface RecordWork extends ReadRecord {
  readonly observe: Observe;
  readonly parts: ConsumerParts;
  readonly batch: Batch;
  readonly deadline: number;
}

/** @returns whether the message is finished; otherwise it has been made to come back. */
async function consumeRecord(work: RecordWork): Promise<boolean> {
  const { parts, record, envelope, attempts } = work;
  let log = parts.log.with({ messageId: record.messageId, attempts });
  try {
    if (envelope instanceof Failure) throw envelope;
    const { deliveryId, eventName, source, account, ids } = envelope;
    log = log.with({ deliveryId, eventName, source, account, bookUuid: ids.bookUuid, bookPk: ids.bookPk });
    await consumeEnvelope(work, envelope, log);
    return true;
  } catch (error) {
    const failure = asFailure(error);
    if (isTired(failure, attempts) && (await beginAnew(work, log))) return true;
    const seconds = secondsUntilRetry(failure, attempts, parts);
    const cause = failure.cause === undefined ? {} : errorFields(failure.cause);
    log.warn('comes back', { class: failure.class, code: failure.code, seconds, ...cause });
    parts.metrics.count('MessageRetried', { class: failure.class });
    await parts.changeVisibility(record.receiptHandle, seconds).catch((problem: unknown) => {
      // It comes back all the same, when the queue's own visibility timeout is over.
      log.warn('visibility not changed', errorFields(problem));
    });
    return false;
  }
}

async function consumeEnvelope(work: RecordWork, envelope: Envelope, log: Log) {
  const { parts, batch, deadline, attempts } = work;
  let observing: Observing | undefined;
  try {
    observing = new Observing({ envelope, parts, log, batch, deadline });
    const { outcome, reason } = await work.observe(observing);
    await close({ envelope, parts, log, attempts, bookId: observing.bookId, outcome, reason });
  } catch (error) {
    const failure = asFailure(error);
    if (comesBackSoon(failure, envelope, quickRetrySeconds(parts, attempts))) throw failure;
    await close({ envelope, parts, log, attempts, bookId: observing?.bookId, failure });
  }
}

/** Codes that may be a race right after a book was created (domain reference section 4). */
const MAYBE_TOO_EARLY = new Set(['1401']);

/** The message itself comes back, instead of being finished with what failed. */
function comesBackSoon(failure: Failure, envelope: Envelope, quickSeconds: number | undefined): boolean {
  if (failure.class === 'retry' || failure.class === 'broken') return true;
  const early = failure.class === 'later' || MAYBE_TOO_EARLY.has(failure.code);
  return early && envelope.source === 'webhook' && quickSeconds !== undefined;
}

/** @returns `undefined` when the quick tries are used up (design section 5). */
function quickRetrySeconds({ settings }: ConsumerParts, attempts: number): number | undefined {
  return settings.QUICK_RETRY_SECONDS[attempts - 1];
}

/** Codes that say nothing of the message, only that there is much to do for everybody. */
const THROTTLED = new Set(['rate-limit', 'http-429']);

/** Half of what a queue allows before the dead-letter queue (infra/constructs/channel-queue.ts). */
const TIRED_AFTER_RECEIVES = 10;

/** Waiting for a turn is no failure, however long a backlog lasts: it uses up no receives for good (decision 0014). */
function isTired({ code }: Failure, attempts: number): boolean {
  return THROTTLED.has(code) && attempts >= TIRED_AFTER_RECEIVES;
}

/** @returns whether another message has taken the place of this one, which is finished then. */
async function beginAnew({ parts, record, envelope }: RecordWork, log: Log): Promise<boolean> {
  if (envelope instanceof Failure) return false;
  try {
    await parts.sendAnew(
      record.body,
      messageGroupId(envelope),
      retrySeconds(TIRED_AFTER_RECEIVES, parts.random()),
    );
    log.info('begins anew');
    return true;
  } catch (problem) {
    log.warn('not sent anew', errorFields(problem));
    return false;
  }
}

/** `broken` comes back at once, until SQS puts it into the dead-letter queue (decision 0004). */
function secondsUntilRetry(failure: Failure, attempts: number, parts: ConsumerParts): number {
  if (failure.class === 'broken') return 0;
  if (failure.class === 'retry') return retrySeconds(attempts, parts.random(), failure.retryAfterSeconds);
  return quickRetrySeconds(parts, attempts) ?? retrySeconds(attempts, parts.random());
}

function readRecord(record: SQSRecord): ReadRecord {
  const attempts = Number(record.attributes.ApproximateReceiveCount);
  return { record, envelope: readEnvelope(record.body), attempts };
}

function toNews({ envelope, attempts }: ReadRecord): News[] {
  if (envelope instanceof Failure) return [];
  return [{ group: messageGroupId(envelope), receivedAt: envelope.receivedAt, attempts }];
}

function readEnvelope(body: string): Envelope | Failure {
  try {
    return Envelope.parse(JSON.parse(body));
  } catch (cause) {
    return new Failure('broken', 'unreadable-message', { cause });
  }
}
