/*
 * All Lambdas share the one limit of the organization (docs/decisions/0013).
 *
 * A permit is a point in time that allows one call. At 12 calls per second there is one every 83 ms, and each can be
 * used from its time on, for two thirds of a second. So the calls of any second have permits of 1⅔ seconds: at most 20,
 * which is the limit of Ocrolus, whichever process calls, and however late it learns of its permit.
 *
 * The bucket is one number in DynamoDB, the time of the next free permit. One conditional write reserves a block of
 * permits by adding its length. If the number is in the future, there is a queue, and callers wait for their permits.
 * If it is in the past, the free permits of the last 0.4 s are still handed out (the burst: a lone event makes its
 * calls at once) and older ones are skipped. This is the generic cell rate algorithm (GCRA).
 *
 * A process reserves for all of its callers at once, and at least four permits, because requests for results follow
 * Book status. It reserves again when those are used and the queue seems to have ended.
 *
 * "Now" is the fastest clock: each write stores the writer's time, and a process that reads a later time than its own
 * adds the difference to its clock from then on. After a 429, the item also has the time before which permits are
 * void.
 *
 * A heavy call takes a permit from each of two buckets. The bucket of heavy calls has no burst, since their limit is
 * 1/s.
 */
import type { Table } from '../store/table.ts';
import { openBucket } from './bucket.ts';
import { endOfPause, type RateLimiter } from './limiter.ts';
import { createPermits } from './permits.ts';

/** Ocrolus's limit per second (docs/ocrolus.md#rate-limit), unless an organization configures a higher one. */
const OCROLUS_LIMIT = 20;

/** Largest usable share of the limit: calls do not arrive at Ocrolus exactly as they were sent. */
const MAX_SHARE = 0.975;

/**
 * Validity of a permit, in milliseconds. More than `most` would allow a stage with a small share of the limit more
 * than twice that share in a second. Less than `least`, at more than 16 calls per second, would void permits when the
 * table is slow.
 */
const VALID_MS = { least: 200, most: 1000 };

/** Maximum age of a free permit when it is reserved (the burst), as a share of its validity; the next calls use the rest. */
const BURST_SHARE = 0.6;

/** Book status and three results. */
const CALLS_OF_AN_EVENT = 4;

/**
 * @param perSecond calls of either weight, and of `heavy` ones, per second, for the whole organization.
 */
export function createSharedRateLimiter(options: {
  readonly table: Table;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly perSecond: number;
  readonly heavyPerSecond: number;
}): RateLimiter {
  const { table, now, wait, perSecond, heavyPerSecond } = options;
  const limit = Math.max(OCROLUS_LIMIT, perSecond);
  const rate = Math.min(perSecond, limit * MAX_SHARE);
  const spareMs = Math.min((limit / rate - 1) * 1000, VALID_MS.most);
  const heavyMs = 1000 / (heavyPerSecond * MAX_SHARE);
  const [lightBucket, heavyBucket] = [openBucket(table, 'LIGHT', now), openBucket(table, 'HEAVY', now)];
  const takeLight = createPermits({
    bucket: lightBucket,
    intervalMs: 1000 / rate,
    validMs: Math.max(spareMs, VALID_MS.least),
    burstMs: spareMs * BURST_SHARE,
    minBlock: CALLS_OF_AN_EVENT,
    now,
    wait,
  });
  const takeHeavy = createPermits({
    bucket: heavyBucket,
    intervalMs: heavyMs,
    validMs: Math.max(heavyMs, VALID_MS.least),
    burstMs: 0,
    minBlock: 1,
    now,
    wait,
  });
  return {
    async take(weight, deadline) {
      // This order lets light calls overtake heavy ones that wait for each other.
      if (weight === 'heavy') await takeHeavy(deadline);
      await takeLight(deadline);
    },
    async pause(seconds) {
      const pauses = [lightBucket, heavyBucket].map((bucket) =>
        bucket.pause(endOfPause(bucket.now(), seconds)),
      );
      await Promise.all(pauses);
    },
  };
}
