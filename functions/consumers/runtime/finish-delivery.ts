import { isAboutAccount } from '../../../shared/events/catalog.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { bookIdOf, isPkOnly } from '../../../shared/events/ids.ts';
import { OWN_PARTITIONS } from '../../../shared/events/partitions.ts';
import { asFailure, type Failure } from '../../../shared/failure.ts';
import { newBook, updateBook } from '../../../shared/store/books.ts';
import type { Outcome } from '../../../shared/store/items.ts';
import {
  deleteFailedAttempts,
  NO_RECORD,
  readRecord,
  writeFailedAttempt,
  writeLedger,
} from '../../../shared/store/ledger.ts';
import { relocate } from '../../../shared/store/relocate.ts';
import { forgetBoth, sweepAgain } from '../../../shared/store/removal/tombstones.ts';
import { iso } from '../../../shared/time.ts';
import type { DeliveryContext } from './delivery-context.ts';
import { isThrottled } from './redelivery.ts';

/** How the processing of a delivery ended. */
export interface Finished {
  readonly outcome: Outcome;
  /** A code of Ocrolus or of this project; never text from a body. */
  readonly reason?: string | undefined;
  /** A text of Ocrolus about it, for the ledger only: it may name people. */
  readonly details?: string | undefined;
  /** A result was stored that no webhook announced in time. */
  readonly isRecovered?: boolean;
}

/** The message is delivered again in some seconds: Ocrolus does not have the announced result yet. */
export interface RetrySoon {
  readonly outcome: 'retry-soon';
  readonly reason: string;
}

/**
 * Finishes a delivery: moves what was stored under the book's pk, and writes the ledger last, so that a crash anywhere
 * before makes SQS deliver the message again (docs/design.md#crashes).
 */
export async function finishDelivery(context: DeliveryContext, finished: Finished): Promise<void> {
  const { envelope, dependencies, log, attempts, bookId } = context;
  const { table } = dependencies.ports;
  const { outcome, reason } = finished;
  const firstBookId = bookIdOf(envelope.ids);
  const isMoved = firstBookId !== bookId;
  if (isMoved && isPkOnly(firstBookId) && outcome === 'forgotten') {
    await forgetBoth(table, firstBookId, bookId, context.writer);
  } else if (isMoved && isPkOnly(firstBookId)) {
    const moved = await relocate(table, firstBookId, bookId, context.writer);
    if (moved > 0) log.info('book moved to its uuid', { moved });
  }
  // A delivery that names no book stays where every copy of the message finds it: not every copy may find the book.
  const namesNoBook = firstBookId === OWN_PARTITIONS.account;
  const ledgerId = namesNoBook ? firstBookId : bookId;
  const mayBeElsewhere = ledgerId !== firstBookId && context.isRepeated;
  const earlier = mayBeElsewhere ? await readRecord(table, firstBookId, envelope) : NO_RECORD;
  // A copy of the message was finished before the book was known: the first outcome stays, where it is.
  if (!earlier.isFinal) {
    await writeLedger(
      table,
      {
        bookId: ledgerId,
        bookUuid: namesNoBook && isMoved ? bookId : undefined,
        envelope: outcome === 'forgotten' ? withoutBody(envelope) : envelope,
        outcome,
        reason: reason ?? finished.details,
        attempts,
        processedAt: iso(context.now),
        ...keptFor(context),
      },
      earlier.codes,
    );
  }
  // Its body is in the bucket: the poller removes it, together with its pointer in the ledger.
  if (outcome === 'forgotten' && envelope.payload?.encoding === 's3')
    await sweepAgain(table, bookId, context.now);
  // Last, because the poller moves what it finds, and then removes the book of the pk.
  if (isPkOnly(bookId) && !isAboutAccount(envelope.eventName)) await keepForPoller(context);
  if (mayBeElsewhere) await deleteFailedAttempts(table, firstBookId, envelope);
  recordMetrics(context, finished);
  log.info('delivery processed', { outcome, reason });
}

/** For how long the ledger keeps an entry, with and without the body of a delivery. */
function keptFor({ dependencies: { settings } }: DeliveryContext) {
  return { keepDays: settings.LEDGER_DAYS, keepPayloadDays: settings.PAYLOAD_DAYS };
}

/** The delivery without its body; a pointer into the bucket is kept. */
function withoutBody(envelope: Envelope): Envelope {
  const { payload, ...rest } = envelope;
  return payload?.encoding === 's3' ? { ...rest, payload } : rest;
}

/**
 * While only the pk is known, the poller must find the book, to move all of it to its uuid. A uuid that an answer gave
 * is kept for the next attempt, which may not get one.
 */
async function keepForPoller({ dependencies, ids, writer, bookId }: DeliveryContext): Promise<void> {
  const ofPk = bookIdOf(ids);
  const learned = ofPk === bookId ? {} : { bookUuid: bookId };
  await updateBook(dependencies.ports.table, ofPk, (book) => ({
    ...(book ?? newBook(ofPk, ids, writer)),
    ...learned,
  }));
}

/**
 * Records a failed attempt in the ledger, so that a delivery that is being retried, or dead, can be found. Throttling
 * is recorded once: it says nothing about the delivery, and may be frequent.
 */
export async function recordFailedAttempt(context: DeliveryContext, failure: Failure): Promise<void> {
  if (failure.isExpected || (isThrottled(failure) && context.attempts > 1)) return;
  const { envelope, dependencies, log, attempts } = context;
  try {
    await writeFailedAttempt(dependencies.ports.table, {
      bookId: bookIdOf(envelope.ids),
      envelope,
      code: failure.code,
      attempts,
      processedAt: iso(context.now),
      ...keptFor(context),
    });
    // A copy of the message may have ended it under the book's uuid: then only the poller moves this record there.
    if (isPkOnly(bookIdOf(envelope.ids)) && !isAboutAccount(envelope.eventName)) await keepForPoller(context);
  } catch (error) {
    // The message is delivered again in any case.
    log.warn('failed attempt not recorded', { code: asFailure(error).code });
  }
}

function recordMetrics({ envelope, dependencies, now }: DeliveryContext, finished: Finished): void {
  const { channel } = envelope;
  const { outcome, reason } = finished;
  const { metrics } = dependencies;
  metrics.count('DeliveryProcessed', { channel, outcome });
  const delay = now - Date.parse(envelope.receivedAt);
  metrics.record('ProcessingDelay', delay, 'Milliseconds', { channel });
  if (outcome === 'refused') metrics.count('DeliveryRefusedByOcrolus', { code: reason ?? 'unknown' });
  if (envelope.source === 'poll' && outcome === 'applied') {
    metrics.count(finished.isRecovered === true ? 'RecoveredByPoll' : 'FetchedByPoll', { channel });
  }
}
