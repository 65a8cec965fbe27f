import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Channel } from '../../shared/events/channels.ts';
import { Envelope } from '../../shared/events/envelope.ts';
import { asFailure, Failure } from '../../shared/failure.ts';
import { errorFields } from '../../shared/telemetry/log.ts';
import { Batch } from './batch.ts';
import { close } from './close.ts';
import { Observing } from './observing.ts';
import type { Observed } from './outcome.ts';
import type { ConsumerParts } from './parts.ts';
import { retrySeconds } from './visibility.ts';

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
  const batch = new Batch();
  const deadline = parts.now().getTime() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const log = parts.log.with({ channel, requestId: context.awsRequestId });
  const failed = await Promise.all(
    event.Records.map(async (record) => {
      const done = await consumeRecord({ observe, parts: { ...parts, log }, record, batch, deadline });
      return done ? [] : [{ itemIdentifier: record.messageId }];
    }),
  );
  return { batchItemFailures: failed.flat() };
}

interface RecordWork {
  readonly observe: Observe;
  readonly parts: ConsumerParts;
  readonly record: SQSRecord;
  readonly batch: Batch;
  readonly deadline: number;
}

/** @returns whether the message is finished; otherwise it has been made to come back. */
async function consumeRecord(work: RecordWork): Promise<boolean> {
  const { parts, record } = work;
  const attempts = Number(record.attributes.ApproximateReceiveCount);
  let log = parts.log.with({ messageId: record.messageId, attempts });
  try {
    const envelope = parseEnvelope(record.body);
    const { deliveryId, eventName, source, account, ids } = envelope;
    log = log.with({ deliveryId, eventName, source, account, bookUuid: ids.bookUuid, bookPk: ids.bookPk });
    await consumeEnvelope(work, envelope, attempts, log);
    return true;
  } catch (error) {
    const failure = asFailure(error);
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

async function consumeEnvelope(
  work: RecordWork,
  envelope: Envelope,
  attempts: number,
  log: ConsumerParts['log'],
) {
  const { parts, batch, deadline } = work;
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

/** `broken` comes back at once, until SQS puts it into the dead-letter queue (decision 0004). */
function secondsUntilRetry(failure: Failure, attempts: number, parts: ConsumerParts): number {
  if (failure.class === 'broken') return 0;
  if (failure.class === 'retry') return retrySeconds(attempts, parts.random(), failure.retryAfterSeconds);
  return quickRetrySeconds(parts, attempts) ?? retrySeconds(attempts, parts.random());
}

function parseEnvelope(body: string): Envelope {
  try {
    return Envelope.parse(JSON.parse(body));
  } catch (cause) {
    throw new Failure('broken', 'unreadable-message', { cause });
  }
}
