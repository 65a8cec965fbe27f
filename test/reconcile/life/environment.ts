import type { Run } from './knowledge.ts';

/** What is to happen to the next Lambda that starts: at which of its accesses to table, queue or Ocrolus. */
export interface Trap {
  readonly at: number;
  readonly does: 'kill-before' | 'kill-after' | 'throttle';
}

/** One execution environment of a Lambda, with what it keeps in memory. */
export class Environment {
  run: Run = { isDone: false };
  isDead = false;
  accesses = 0;
  trap: Trap | undefined;
}
