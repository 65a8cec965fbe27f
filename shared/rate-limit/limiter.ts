import { Failure } from '../failure.ts';

/**
 * `heavy`: the analytics calls that one version of the Ocrolus documentation limits to 1/s
 * (docs/ocrolus.md#rate-limit).
 */
export type Weight = 'light' | 'heavy';

export interface RateLimiter {
  /**
   * Resolves when a call may start.
   *
   * @param deadline Unix milliseconds by which the call must start.
   * @throws Failure `retry`, code `rate-limit`, with `retryAfterSeconds`: no permit before the deadline.
   * @throws Failure `retry`, code `rate-limit-store` (or the store's own failure): the shared bucket failed.
   */
  take(weight: Weight, deadline: number): Promise<void>;
  /**
   * Stops all calls for a while, after a 429. Never shortens a longer pause.
   *
   * @param seconds at most `MAX_PAUSE_SECONDS`; more is cut to that.
   */
  pause(seconds: number): Promise<void>;
}

/** A `Retry-After` of hours, sent by mistake or by a proxy, must not stop an organization for hours. */
export const MAX_PAUSE_SECONDS = 60;

/** @returns the end of a pause that starts now, in Unix milliseconds. */
export function endOfPause(now: number, seconds: number): number {
  return now + Math.min(seconds, MAX_PAUSE_SECONDS) * 1000;
}

/** @param milliseconds expected time until a permit is free. */
export function noPermit(milliseconds: number): Failure {
  return new Failure('retry', 'rate-limit', {
    retryAfterSeconds: Math.max(1, Math.ceil(milliseconds / 1000)),
  });
}
