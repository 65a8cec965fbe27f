import type { AccountHealth } from './account-health.ts';
import type { Sender } from './send.ts';

/** `due`: on schedule. `now`: an operator asks, and does not want to wait for the grace time. */
export type PollMode = 'due' | 'now';

export interface PollOptions {
  readonly sender: Sender;
  readonly health: AccountHealth;
  /** Unix milliseconds. */
  readonly deadline: number;
  readonly mode: PollMode;
}
