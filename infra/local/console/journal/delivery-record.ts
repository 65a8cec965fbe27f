import type { FunctionCall } from '../../lambda/protocol.ts';

/** One POST to the webhook. */
export interface PostRecord {
  /** Unix milliseconds. */
  readonly at: number;
  readonly ms: number;
  readonly status: number;
  /** Why it was refused, from the webhook's log. */
  reason?: string;
}

/** One receive of the message by a consumer. */
export interface AttemptRecord {
  readonly requestId: string;
  readonly functionName: string;
  /** How often it was received, including this time. */
  readonly receive: number;
  readonly at: number;
  /** Messages in the batch: calls are those of the whole batch. */
  readonly batch: number;
  readonly calls: readonly FunctionCall[];
  /** Absent while it is in progress. */
  ms?: number;
  result?: 'done' | 'failed' | 'killed';
  /** Why it failed. */
  code?: string;
  /** Seconds until it is visible again. */
  retrySeconds?: number;
}

export type DeliveryState =
  /** The webhook refused it. */
  | 'refused'
  /** In its queue. */
  | 'queued'
  | 'processing'
  /** An attempt failed; it will be received again. */
  | 'retrying'
  /** In its dead-letter queue. */
  | 'dead'
  | 'done';

/** What is known of a delivery, or of a message of the poller, since the stack started. */
export interface DeliveryRecord {
  readonly deliveryId: string;
  readonly source: 'webhook' | 'poll';
  /** Unix milliseconds: when it came. */
  at: number;
  eventName: string | undefined;
  channel: string | undefined;
  bookId: string | undefined;
  state: DeliveryState;
  /** The ledger's, once it is done. */
  outcome: string | undefined;
  reason: string | undefined;
  /** Unix milliseconds. */
  endedAt: number | undefined;
  readonly posts: PostRecord[];
  readonly attempts: AttemptRecord[];
}
