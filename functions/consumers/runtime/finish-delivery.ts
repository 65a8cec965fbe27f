import type { Envelope } from '../../../shared/events/envelope.ts';
import { bookIdOf, isPkOnly, OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import { asFailure } from '../../../shared/failure.ts';
import { NO_EFFECTS } from '../../../shared/reconcile/results/effects.ts';
import type { Outcome } from '../../../shared/store/items.ts';
import {
  deleteFailedAttempts,
  type Effects,
  NO_RECORD,
  readLedger,
  writeFailedAttempt,
  writeLedger,
} from '../../../shared/store/ledger.ts';
import { forgetBoth, sweepAgain } from '../../../shared/store/removal/tombstones.ts';
import { iso } from '../../../shared/time.ts';
import { type Delivery, isLook } from './delivery.ts';

/** Result of processing a delivery. */
export interface Finished {
  readonly outcome: Outcome;
  /** A code of Ocrolus or of this project; never text from a body. */
  readonly reason?: string | undefined;
  /** By default none: nothing was asked. */
  readonly effects?: Effects | undefined;
  /** Text of Ocrolus about it, for the ledger only, because it may name people. */
  readonly details?: string | undefined;
  /** Set if a look has stored something; `recovered`: for a document that no webhook had announced in time. */
  readonly byLook?: 'recovered' | 'fetched' | undefined;
}

/**
 * Finishes a delivery: writes the ledger last, so that SQS delivers the message again after an earlier crash
 * (docs/design.md#reconcile).
 *
 * @param bookId the book's uuid, or the partition of what is known of it.
 */
export async function finishDelivery(delivery: Delivery, bookId: string, finished: Finished): Promise<void> {
  const { envelope, dependencies, log, receives } = delivery;
  const { table, now } = dependencies.ports;
  const { outcome, reason, details, effects = NO_EFFECTS } = finished;
  const firstBookId = bookIdOf(envelope.ids);
  const isMoved = firstBookId !== bookId;
  const writer = { account: envelope.account, source: envelope.source, now: now() };
  if (isMoved && isPkOnly(firstBookId) && outcome === 'forgotten')
    await forgetBoth(table, firstBookId, bookId, writer);
  // The entry of a delivery that names no book stays where every copy of the message finds it: not every copy may
  // find the book.
  const namesNoBook = firstBookId === OWN_PARTITIONS.account;
  const ledgerId = namesNoBook ? firstBookId : bookId;
  // Read even at the first receive, which may follow a redrive.
  const earlier = ledgerId !== firstBookId ? await readLedger(table, firstBookId, envelope) : NO_RECORD;
  // A copy of the message may have been finished before the book was known: the first outcome stays, where it is.
  if (!earlier.isFinal) {
    await writeLedger(
      table,
      {
        bookId: ledgerId,
        bookUuid: namesNoBook && isMoved ? bookId : undefined,
        envelope: outcome === 'forgotten' ? withoutBody(envelope) : envelope,
        outcome,
        reason: reason ?? details,
        attempts: receives,
        effects,
        processedAt: iso(now()),
        ...keptFor(delivery),
      },
      earlier.codes,
    );
  }
  // The body is in the bucket: the poller removes it, together with its pointer in the ledger.
  if (outcome === 'forgotten' && envelope.payload?.encoding === 's3') await sweepAgain(table, bookId, now());
  if (earlier !== NO_RECORD) await deleteFailedAttempts(table, firstBookId, envelope);
  const delay = now() - Date.parse(envelope.receivedAt);
  recordMetrics(delivery, finished, delay);
  log.info('delivery processed', { outcome, reason, delay });
}

/** True if a copy of the message was finished already. Removes its record of failed attempts from another partition. */
export async function isFinished({ envelope, dependencies }: Delivery, bookId: string): Promise<boolean> {
  const { table } = dependencies.ports;
  const firstBookId = bookIdOf(envelope.ids);
  const ledgerId = firstBookId === OWN_PARTITIONS.account ? firstBookId : bookId;
  const { isFinal } = await readLedger(table, ledgerId, envelope);
  if (isFinal && ledgerId !== firstBookId) await deleteFailedAttempts(table, firstBookId, envelope);
  return isFinal;
}

/** Days for which the ledger keeps an entry, with and without the body of a delivery. */
function keptFor({ dependencies: { settings } }: Delivery) {
  return { keepDays: settings.LEDGER_DAYS, keepPayloadDays: settings.PAYLOAD_DAYS };
}

/** Removes the body from a delivery; a pointer into the bucket is kept. */
function withoutBody(envelope: Envelope): Envelope {
  const { payload, ...rest } = envelope;
  return payload?.encoding === 's3' ? { ...rest, payload } : rest;
}

/** Records a failed attempt in the ledger, so that a delivery that is being retried, or dead, can be found. */
export async function recordFailedAttempt(delivery: Delivery, code: string): Promise<void> {
  const { envelope, dependencies, log, receives } = delivery;
  if (isLook(delivery)) return;
  try {
    await writeFailedAttempt(dependencies.ports.table, {
      bookId: bookIdOf(envelope.ids),
      envelope,
      code,
      attempts: receives,
      processedAt: iso(dependencies.ports.now()),
      ...keptFor(delivery),
    });
  } catch (error) {
    // The message is delivered again in any case.
    log.warn('failed attempt not recorded', { code: asFailure(error).code });
  }
}

function recordMetrics(
  { dependencies: { metrics } }: Delivery,
  { outcome, byLook }: Finished,
  delay: number,
): void {
  metrics.count('DeliveryProcessed', { outcome });
  metrics.record('ProcessingDelay', delay, 'Milliseconds', {});
  if (outcome === 'refused') metrics.count('DeliveryRefusedByOcrolus', {});
  if (byLook !== undefined) metrics.count(byLook === 'recovered' ? 'RecoveredByPoll' : 'FetchedByPoll', {});
}
