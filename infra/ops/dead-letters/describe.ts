import { ACCOUNT_PARTITION, bookIdOf } from '../../../shared/events/ids.ts';
import type { DeadLetter } from './dead-letter.ts';

/**
 * Why a message is in its dead-letter queue, as far as can be told from here:
 * - `unreadable-message`: it is none of ours, or of another version.
 * - `processed-already`: the ledger has its delivery, which was delivered twice, or whose message was not deleted.
 * - `retries-used-up`: it failed each time. The consumer's log says how, under the delivery's id.
 */
export type Why = 'unreadable-message' | 'processed-already' | 'retries-used-up';

/** What an operator is told of a message: no body, no names. */
export interface Description {
  readonly event: string | null;
  readonly book: string | null;
  readonly deliveryId: string | null;
  readonly source: 'webhook' | 'poll' | null;
  readonly receivedAt: string | null;
  readonly why: Why;
  /** What became of the delivery another time. */
  readonly outcome: string | null;
  /** How often it was received before this look; earlier looks count too. */
  readonly attempts: number;
  readonly firstReceived: string | null;
  /** Since SQS first took it. */
  readonly ageSeconds: number;
  readonly messageId: string;
  readonly bytes: number;
}

/** @param outcome in the ledger; `undefined` when the delivery is not there. */
export function describe(letter: DeadLetter, outcome: string | undefined, now: number): Description {
  const { envelope, messageId, body, receives, sentAt, firstReceivedAt } = letter;
  const bookId = envelope === undefined ? ACCOUNT_PARTITION : bookIdOf(envelope.ids);
  return {
    event: envelope?.eventName ?? null,
    book: bookId === ACCOUNT_PARTITION ? null : bookId,
    deliveryId: envelope?.deliveryId ?? null,
    source: envelope?.source ?? null,
    receivedAt: envelope?.receivedAt ?? null,
    why: whyOf(letter, outcome),
    outcome: outcome ?? null,
    attempts: receives - 1,
    firstReceived: firstReceivedAt ?? null,
    ageSeconds: Math.max(0, Math.round((now - Date.parse(sentAt)) / 1000)),
    messageId,
    bytes: Buffer.byteLength(body),
  };
}

function whyOf({ envelope }: DeadLetter, outcome: string | undefined): Why {
  if (envelope === undefined) return 'unreadable-message';
  return outcome === undefined ? 'retries-used-up' : 'processed-already';
}
