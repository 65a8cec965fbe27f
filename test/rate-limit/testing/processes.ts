import type { RateLimiter, Weight } from '../../../shared/rate-limit/limiter.ts';
import { createSharedRateLimiter } from '../../../shared/rate-limit/shared.ts';
import type { Table } from '../../../shared/store/table.ts';
import { virtualClock } from '../../ocrolus/testing/virtual-clock.ts';
import { openVirtualTable } from './virtual-table.ts';

/** One-way latency of a request to the table: 5 ms in total. */
const LATENCY_MS = 2.5;

/** A deadline that no test reaches. */
const PATIENCE_MS = 1_000_000;

const START = Date.parse('2026-02-01T00:00:00Z');

/** Processes of one organization, in virtual time. `time` is in milliseconds since their start. */
export function openProcesses(
  table: Table,
  limits: { readonly perSecond?: number; readonly heavyPerSecond?: number } = {},
) {
  const clock = virtualClock(START);
  const time = () => clock.now() - START;
  /** @param skewMs by how much the clock of the process is fast. @param latencyMs of the table, one way. */
  const startProcess = (skewMs = 0, latencyMs = () => LATENCY_MS) => {
    let requests = 0;
    const counted = openVirtualTable(table, clock, latencyMs, () => {
      requests += 1;
    });
    const now = () => clock.now() + skewMs;
    const { wait } = clock;
    const limiter = createSharedRateLimiter({
      perSecond: 12,
      heavyPerSecond: 1,
      ...limits,
      table: counted,
      now,
      wait,
    });
    /** @returns when the call started. */
    const take = async (weight: Weight, patienceMs = PATIENCE_MS): Promise<number> => {
      await limiter.take(weight, now() + patienceMs);
      return time();
    };
    return { limiter, take, requests: () => requests };
  };
  return { clock, time, startProcess };
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
  const sorted = starts.toSorted((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, at, last) => {
    while ((sorted[first] ?? at) <= at - 1000) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
}
