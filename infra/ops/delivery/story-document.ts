import type { DeadLetterDetails } from '../dead-letters/find-by-id.ts';

/**
 * Where a delivery is:
 * - `queued`: accepted, and not finished or failed yet.
 * - `retrying`: it has failed, and its message is in the queue.
 * - `dead`: its message is in the dead-letter queue.
 * - `processed`: it has its final outcome.
 */
export type State = 'queued' | 'retrying' | 'dead' | 'processed';

/** One receive of the message. */
export interface Attempt {
  /** From 1; `null` if only the ledger has it. */
  readonly attempt: number | null;
  readonly at: string | null;
  /** The code of the failure, or the outcome that ended it. */
  readonly code: string;
  readonly retryAfterSeconds: number | null;
}

/** One call to Ocrolus. */
export interface CallMade {
  readonly at: string;
  readonly operation: string;
  /** `ok`, how it was refused, or `failed`. */
  readonly answer: string;
  readonly code: string | null;
  readonly ms: number;
}

/** The story of a delivery. No body, and no names. */
export interface Story {
  readonly deliveryId: string;
  readonly state: State;
  readonly eventName: string | null;
  readonly source: string | null;
  readonly account: string | null;
  readonly channel: string | null;
  readonly bookId: string | null;
  readonly receivedAt: string | null;
  readonly processedAt: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly attempts: readonly Attempt[];
  readonly calls: readonly CallMade[];
  /** Items of the book that were written with what Ocrolus said while it was processed; other deliveries may have helped. */
  readonly written: readonly { readonly item: string; readonly at: string }[];
  readonly deadLetter: DeadLetterDetails | null;
}
