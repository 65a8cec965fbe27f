import { bookIdOf, OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import type { DeadLetter } from './dead-letter.ts';
import { isFinal, type LedgerState } from './ledger.ts';

/**
 * Reason why a message is in its dead-letter queue, as shown by the message and the ledger:
 * - `unreadable-message`: it is no message of this project, or one of another version.
 * - `processed-already`: the ledger has a final outcome of its delivery. SQS delivered it twice, or it was not
 *   deleted.
 * - `retries-used-up`: every attempt failed, with `codes`.
 */
export type Why = 'unreadable-message' | 'processed-already' | 'retries-used-up';

/** Description of a message for an operator, without body and names. */
export interface Description {
  readonly event: string | null;
  readonly book: string | null;
  readonly deliveryId: string | null;
  readonly source: 'webhook' | 'poll' | null;
  readonly receivedAt: string | null;
  readonly why: Why;
  /** Outcome of the delivery in the ledger; `retrying` while there is no final one. */
  readonly outcome: string | null;
  /** Code of each failed attempt, oldest first. */
  readonly codes: readonly string[];
  /** Number of attempts to process it; `null` if none is in the ledger. Receives by `ops` are none. */
  readonly attempts: number | null;
  readonly firstReceived: string | null;
  /** Seconds since SQS accepted it. */
  readonly ageSeconds: number;
  readonly messageId: string;
  readonly bytes: number;
}

/** @param state in the ledger; `undefined` if the delivery is not there. */
export function describe(letter: DeadLetter, state: LedgerState | undefined, now: number): Description {
  const { envelope, messageId, body, sentAt, firstReceivedAt } = letter;
  const bookId = envelope === undefined ? OWN_PARTITIONS.account : bookIdOf(envelope.ids);
  return {
    event: envelope?.eventName ?? null,
    book: bookId === OWN_PARTITIONS.account ? null : bookId,
    deliveryId: envelope?.deliveryId ?? null,
    source: envelope?.source ?? null,
    receivedAt: envelope?.receivedAt ?? null,
    why: whyOf(letter, state),
    outcome: state?.outcome ?? null,
    codes: state?.codes ?? [],
    attempts: state?.attempts ?? null,
    firstReceived: firstReceivedAt ?? null,
    ageSeconds: Math.max(0, Math.round((now - Date.parse(sentAt)) / 1000)),
    messageId,
    bytes: Buffer.byteLength(body),
  };
}

function whyOf({ envelope }: DeadLetter, state: LedgerState | undefined): Why {
  if (envelope === undefined) return 'unreadable-message';
  return state !== undefined && isFinal(state) ? 'processed-already' : 'retries-used-up';
}

/** Describes why, such as `retries-used-up (http-403 x4, network)` or `processed-already (applied)`. */
export function describeWhy({ why, outcome, codes }: Description): string {
  if (why === 'processed-already') return `${why} (${outcome})`;
  const counts = [...Map.groupBy(codes, (code) => code)].map(([code, all]) =>
    all.length === 1 ? code : `${code} x${all.length}`,
  );
  return counts.length === 0 ? why : `${why} (${counts.join(', ')})`;
}
