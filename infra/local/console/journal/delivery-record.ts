import type { FunctionCall } from '../../lambda/protocol.ts';

/** One POST to the webhook. */
export interface PostRecord {
  /** Unix milliseconds. */
  readonly at: number;
  readonly ms: number;
  readonly status: number;
  /** Reason for a refusal, from the webhook's log. */
  reason?: string;
}

/** One receive of the message by a consumer. */
export interface AttemptRecord {
  readonly requestId: string;
  readonly functionName: string;
  /** Number of receives, including this one. */
  readonly receive: number;
  readonly at: number;
  /** Number of messages in the batch; `calls` are those of the whole batch. */
  readonly batch: number;
  readonly calls: readonly FunctionCall[];
  /** Absent while it is in progress. */
  ms?: number;
  result?: 'done' | 'failed' | 'killed';
  /** Code of the failure. */
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

/** Known facts about a delivery, or a message of the poller, since the stack started. */
export interface DeliveryRecord {
  readonly deliveryId: string;
  readonly source: 'webhook' | 'poll';
  /** Time of arrival, in Unix milliseconds. */
  at: number;
  eventName?: string | undefined;
  channel?: string | undefined;
  bookId?: string | undefined;
  state: DeliveryState;
  /** From the ledger, once the delivery is done. */
  outcome?: string | undefined;
  reason?: string | undefined;
  /** Unix milliseconds. */
  endedAt?: number;
  readonly posts: PostRecord[];
  readonly attempts: AttemptRecord[];
}
