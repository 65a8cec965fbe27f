import type { RateLimiter, Weight } from '../../../shared/rate-limit/limiter.ts';
import { createSharedRateLimiter } from '../../../shared/rate-limit/shared.ts';
import type { Table } from '../../../shared/store/table.ts';
import { virtualClock } from '../../ocrolus/testing/virtual-clock.ts';
import { openVirtualTable } from './virtual-table.ts';

/** Of a request to the table, one way. */
const LATENCY_MS = 1;

/** A deadline that no test reaches. */
const PATIENCE_MS = 1_000_000;

/** Processes of one organization, in virtual time from 0. */
export function openProcesses(
  table: Table,
  limits: { readonly perSecond: number; readonly heavyPerSecond?: number },
) {
  const clock = virtualClock();
  const { now, wait } = clock;
  const start = (priority: 'consumer' | 'poller') => {
    let requests = 0;
    const counted = openVirtualTable(
      table,
      clock,
      () => LATENCY_MS,
      () => {
        requests += 1;
      },
    );
    const limiter = createSharedRateLimiter({
      table: counted,
      heavyPerSecond: 1,
      ...limits,
      priority,
      now,
      wait,
    });
    return { limiter, take: takeFrom(limiter, now), requests: () => requests };
  };
  return { clock, startConsumer: () => start('consumer'), startPoller: () => start('poller') };
}

/** @returns takes a permit and answers when the call started. */
export function takeFrom(limiter: RateLimiter, now: () => number) {
  return async (weight: Weight, deadline = now() + PATIENCE_MS): Promise<number> => {
    await limiter.take(weight, deadline);
    return now();
  };
}

export const repeat = <T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

/** The largest number of calls within any second. */
export function busiestSecond(starts: readonly number[]): number {
  return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + 1000).length));
}
