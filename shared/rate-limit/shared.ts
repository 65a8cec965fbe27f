import type { Table } from '../store/table.ts';
import { openBucket } from './bucket.ts';
import type { RateLimiter } from './limiter.ts';
import { createPermits, type Permits } from './permits.ts';
import { createPollerPermits } from './poller-permits.ts';

/** Permits are evenly spaced, but the calls arrive at Ocrolus with some jitter. */
const USED_SHARE = 0.975;

/**
 * The organization's rate limit, shared by every Lambda through the table (docs/decisions/0013).
 *
 * @param perSecond calls of either weight, and of `heavy` ones, per second, for the whole organization.
 * @param priority the poller gives way to consumers, but always gets a minimum share.
 */
export function createSharedRateLimiter(options: {
  readonly table: Table;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly perSecond: number;
  readonly heavyPerSecond: number;
  readonly priority: 'consumer' | 'poller';
}): RateLimiter {
  const { table, now, wait, perSecond, heavyPerSecond, priority } = options;
  const bucket = openBucket(table, now);
  const intervalOf = (rate: number) => 1000 / (rate * USED_SHARE);
  const lightOptions = { bucket, limit: 'LIGHT', intervalMs: intervalOf(perSecond), now, wait } as const;
  const light = priority === 'poller' ? createPollerPermits(lightOptions) : createPermits(lightOptions);
  const heavy = createPermits({ bucket, limit: 'HEAVY', intervalMs: intervalOf(heavyPerSecond), now, wait });

  const permitFrom = async (permits: Permits, deadline: number) => {
    const at = await permits(deadline);
    const milliseconds = at - now();
    if (milliseconds > 0) await wait(milliseconds);
    return at;
  };
  return {
    async take(weight, deadline) {
      let at: number;
      do {
        // A heavy call counts twice: among heavy calls, and among all.
        if (weight === 'heavy') await permitFrom(heavy, deadline);
        at = await permitFrom(light, deadline);
      } while (await bucket.isVoid('LIGHT', at));
    },
    async pause(seconds) {
      await Promise.all([bucket.pause('LIGHT', seconds), bucket.pause('HEAVY', seconds)]);
    },
  };
}
