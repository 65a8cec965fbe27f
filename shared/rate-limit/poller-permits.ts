import { noPermit } from './limiter.ts';
import type { Permits, PermitsOptions } from './permits.ts';

/** Further than consumers reserve, with the block that the last of them may add: a full queue never excludes the poller. */
const AHEAD_MS = 15_000;

/** With a queue that is shorter than this, there is capacity for everything that the poller asks for. */
const SHORT_QUEUE_MS = 500;

/** Behind a longer queue the poller gets one permit in so long, and at most one in ten. */
const MIN_SHARE_EVERY_MS = 1000;
const MIN_SHARE = 0.1;

/**
 * Gives way to consumers, but keeps a minimum share: while a caller waits behind a long queue, further permits are
 * reserved for the calls that will follow it, one a second. Otherwise a poller that calls one at a time would wait
 * for the length of the queue before each call.
 */
export function createPollerPermits({ bucket, limit, intervalMs, now, wait }: PermitsOptions): Permits {
  const everyMs = Math.max(MIN_SHARE_EVERY_MS, intervalMs / MIN_SHARE);
  /** Reserved, but not yet taken by a caller; in order. */
  let spare: number[] = [];
  let isQueueLong = false;
  let nextReservationAt = 0;

  const reserveIfDue = async () => {
    if (isQueueLong && now() < nextReservationAt) return;
    nextReservationAt = now() + everyMs;
    const at = await bucket.reserve(limit, 1, intervalMs, AHEAD_MS);
    isQueueLong = at > now() + SHORT_QUEUE_MS;
    spare = [...spare, at].sort((a, b) => a - b);
  };
  return async (deadline) => {
    for (;;) {
      spare = spare.filter((at) => at >= now());
      await reserveIfDue();
      const at = spare.shift();
      const possibleAt = at ?? nextReservationAt;
      if (possibleAt > deadline) {
        if (at !== undefined) spare.unshift(at);
        throw noPermit(possibleAt - now());
      }
      while (now() < possibleAt) {
        await wait((isQueueLong ? Math.min(possibleAt, nextReservationAt) : possibleAt) - now());
        if (isQueueLong && now() < possibleAt) await reserveIfDue();
      }
      if (at !== undefined) return at;
    }
  };
}
