import type { Envelope } from '../../shared/events/envelope.ts';
import { ACCOUNT_PARTITION, bookIdOf } from '../../shared/events/ids.ts';
import { Failure } from '../../shared/failure.ts';
import type { Outcome } from '../../shared/store/items.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import { writeLedger } from '../../shared/store/ledger.ts';
import { relocate } from '../../shared/store/relocate.ts';
import { deleteWait, writeWait } from '../../shared/store/waits.ts';
import type { Log } from '../../shared/telemetry/log.ts';
import type { ConsumerParts } from './parts.ts';

export interface Closing {
  readonly envelope: Envelope;
  readonly parts: ConsumerParts;
  readonly log: Log;
  readonly attempts: number;
  /** Absent when it could not even be looked at. */
  readonly bookId: string | undefined;
  readonly outcome?: Outcome;
  readonly reason?: string | undefined;
  /** `later` or `refused`, instead of an outcome. */
  readonly failure?: Failure;
}

/**
 * Finishes a delivery: hands what Ocrolus does not have yet to the poller, tidies up, and writes the ledger
 * last, so that a crash anywhere before brings the message back (design section 5).
 */
export async function close(closing: Closing): Promise<void> {
  const { envelope, parts, log, attempts, failure } = closing;
  const bookId = closing.bookId ?? bookIdOf(envelope.ids);
  const outcome = closing.outcome ?? (failure?.class === 'later' ? 'waiting' : 'refused');
  const reason = failure?.code ?? closing.reason;
  const now = parts.now();

  if (failure?.class === 'later') await wait(closing, bookId, failure, now);
  else if (envelope.wait !== undefined) await deleteWait(parts.table, bookId, envelope.wait);
  await settlePartition(closing, bookId, now);

  await writeLedger(parts.table, {
    bookId,
    envelope,
    outcome,
    reason,
    attempts,
    processedAt: parts.now().toISOString(),
    keepDays: parts.settings.LEDGER_DAYS,
  });
  tell(closing, outcome, reason, now);
  log.info('delivery processed', { outcome, reason });
}

async function wait(
  { envelope, parts }: Closing,
  bookId: string,
  failure: Failure,
  now: Date,
): Promise<void> {
  // Without a book the poller has nothing to come back to.
  if (bookId === ACCOUNT_PARTITION) throw new Failure('retry', failure.code);
  const { account, channel, eventName, ids } = envelope;
  const subject = ids.uploadedDocUuid ?? ids.docUuid ?? ids.analyticsRequestId ?? ids.businessUuid ?? bookId;
  const backoff = {
    minSeconds: parts.settings.POLL_MIN_SECONDS,
    maxSeconds: parts.settings.POLL_MAX_SECONDS,
  };
  await writeWait(
    parts.table,
    { bookId, account, channel, eventName, ids, subject, jobs: failure.jobs },
    backoff,
    now,
  );
}

/** While only the pk is known the poller must find the book; once the uuid is, everything moves there. */
async function settlePartition({ envelope, parts, log }: Closing, bookId: string, now: Date): Promise<void> {
  const { ids, account, source } = envelope;
  if (ids.bookPk === undefined) return;
  const pkPartition = bookIdOf({ bookPk: ids.bookPk });
  if (bookId === pkPartition) {
    const writer = { account, source, now: now.toISOString() };
    await ensureBook(parts.table, { bookId, bookPk: ids.bookPk }, writer);
  } else if (ids.bookUuid === undefined) {
    const moved = await relocate(parts.table, pkPartition, bookId);
    if (moved > 0) log.info('book moved to its uuid', { moved });
  }
}

function tell({ envelope, parts }: Closing, outcome: Outcome, reason: string | undefined, now: Date): void {
  const { channel, source } = envelope;
  parts.metrics.count('DeliveryProcessed', { channel, outcome });
  parts.metrics.record('ProcessingDelay', now.getTime() - Date.parse(envelope.receivedAt), 'Milliseconds', {
    channel,
  });
  if (outcome === 'refused') parts.metrics.count('DeliveryRefusedByOcrolus', { code: reason ?? 'unknown' });
  if (source !== 'poll' || outcome !== 'applied' || envelope.wait !== undefined) return;
  // Only the events of capture reach every subscriber: that they did not come means that webhooks are lost.
  const lost = channel === 'book-verified' || channel === 'doc-verified';
  parts.metrics.count(lost ? 'RecoveredByPoll' : 'FetchedByPoll', { channel });
}
