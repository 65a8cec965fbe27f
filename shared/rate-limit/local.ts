import { endOfPause, noPermit, type RateLimiter } from './limiter.ts';

/**
 * Spaces the calls of one process evenly, without regard to other processes.
 *
 * @param perSecond calls of either weight, and of `heavy` ones, per second.
 */
export function createLocalRateLimiter(options: {
  readonly perSecond: number;
  readonly heavyPerSecond: number;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}): RateLimiter {
  const { perSecond, heavyPerSecond, now, wait } = options;
  const light = { nextAt: 0, intervalMs: 1000 / perSecond };
  const heavy = { nextAt: 0, intervalMs: 1000 / heavyPerSecond };
  let pausedUntil = 0;

  /** @returns whether the permit is still valid at its time. */
  const takePermit = async (limit: typeof light, deadline: number): Promise<boolean> => {
    const at = Math.max(now(), limit.nextAt);
    if (at > deadline) throw noPermit(at - now());
    limit.nextAt = at + limit.intervalMs;
    const milliseconds = at - now();
    if (milliseconds > 0) await wait(milliseconds);
    return at >= pausedUntil;
  };
  return {
    async take(weight, deadline) {
      // Heavy calls wait for their heavy permit first, so light calls overtake them.
      while (weight === 'heavy' && !(await takePermit(heavy, deadline)));
      while (!(await takePermit(light, deadline)));
    },
    async pause(seconds) {
      pausedUntil = Math.max(pausedUntil, endOfPause(now(), seconds));
      for (const limit of [light, heavy]) limit.nextAt = Math.max(limit.nextAt, pausedUntil);
    },
  };
}
