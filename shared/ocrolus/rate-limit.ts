import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.ts';

/** `heavy`: the four analytics calls that one version of the vendor's page limits to 1/s (section 5). */
export type Weight = 'light' | 'heavy';

/** `bulk`: one of many calls about one book, which may wait. `express`: one of a few, which passes those by. */
export type Lane = 'bulk' | 'express';

export interface RateLimiter {
  /**
   * Resolves when a call may start.
   *
   * @param deadline Unix milliseconds by which it must be able to start.
   * @param lane `bulk` when absent.
   * @throws Failure `retry`, code `rate-limit`, when it could not start by then.
   */
  take(weight: Weight, deadline: number, lane?: Lane): Promise<void>;
  /** Ocrolus said 429: nobody calls for so long. */
  pause(seconds: number): void | Promise<void>;
}

/**
 * Spaces the calls of one process evenly, and knows nothing of other processes: the poller's own share of the
 * limit.
 *
 * @param perSecond calls of either weight, and of `heavy` ones, per second.
 */
export function createLocalRateLimiter(options: {
  readonly perSecond: number;
  readonly heavyPerSecond: number;
  readonly now?: () => number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}): RateLimiter {
  const { perSecond, heavyPerSecond, now = Date.now, wait = delay } = options;
  let nextLight = 0;
  let nextHeavy = 0;
  const until = async (start: number) => {
    const milliseconds = start - now();
    if (milliseconds > 0) await wait(milliseconds);
  };
  return {
    async take(weight, deadline) {
      // A heavy call takes its place among all calls only when its own turn has come: light ones overtake it.
      if (weight === 'heavy') {
        const turn = Math.max(now(), nextHeavy);
        if (turn > deadline) throw new Failure('retry', 'rate-limit');
        nextHeavy = turn + 1000 / heavyPerSecond;
        await until(turn);
      }
      const start = Math.max(now(), nextLight);
      if (start > deadline) throw new Failure('retry', 'rate-limit');
      nextLight = start + 1000 / perSecond;
      await until(start);
    },
    pause(seconds) {
      nextLight = Math.max(nextLight, now() + seconds * 1000);
    },
  };
}

/** A limiter that keeps two limits: the poller's own share first, then what everybody shares. */
export function both(first: RateLimiter, second: RateLimiter): RateLimiter {
  return {
    async take(weight, deadline, lane) {
      await first.take(weight, deadline, lane);
      await second.take(weight, deadline, lane);
    },
    async pause(seconds) {
      await Promise.all([first.pause(seconds), second.pause(seconds)]);
    },
  };
}
