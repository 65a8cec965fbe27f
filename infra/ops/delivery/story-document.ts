import type { DeadLetterDetails } from '../dead-letters/find-by-id.ts';

/**
 * State of a delivery:
 * - `queued`: accepted, and not finished or failed yet.
 * - `retrying`: it has failed, and its message is in the queue.
 * - `dead`: its message is in the dead-letter queue.
 * - `processed`: it has its final outcome.
 */
export type State = 'queued' | 'retrying' | 'dead' | 'processed';

/** One receive of the message. */
export interface Attempt {
  /** Counted from 1; `null` if only the ledger has it. */
  readonly attempt: number | null;
  readonly at: string | null;
  /** Code of the failure, or the outcome that ended it. */
  readonly code: string;
  readonly retryAfterSeconds: number | null;
}

/** One call to Ocrolus. */
export interface CallMade {
  readonly at: string;
  readonly operation: string;
  /** `ok`, the kind of refusal, or `failed`. */
  readonly answer: string;
  readonly code: string | null;
  readonly ms: number;
}

/** The story of a delivery, without body and names. */
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
  /** Items written from answers of Ocrolus while it was processed, some perhaps by other deliveries. */
  readonly written: readonly { readonly item: string; readonly at: string }[];
  readonly deadLetter: DeadLetterDetails | null;
}
