import type { RateLimiter, Weight } from '../../../../shared/rate-limit/limiter.ts';
import { createSharedRateLimiter } from '../../../../shared/rate-limit/shared.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { type VirtualClock, virtualClock } from '../../ocrolus/testing/virtual-clock.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';

/** One-way latency of a request to the table: 5 ms in total. */
const LATENCY_MS = 2.5;

/** A deadline that no test reaches. */
const PATIENCE_MS = 1_000_000;

const START = Date.parse('2026-02-01T00:00:00Z');

/**
 * Processes of one organization, in virtual time. `time` is in milliseconds since their start; `requests` are those of
 * all of them to the table.
 */
export async function openProcesses(
  limits: { readonly perSecond?: number; readonly heavyPerSecond?: number } = {},
) {
  const table = await memoryTable();
  const clock = virtualClock(START);
  const time = () => clock.now() - START;
  let requests = 0;
  /** @param skewMs by how much the clock of the process is fast. @param latencyMs of a request, one way. */
  const startProcess = ({ skewMs = 0, latencyMs = (): number => LATENCY_MS } = {}) => {
    const now = () => clock.now() + skewMs;
    const limiter = createSharedRateLimiter({
      perSecond: 12,
      heavyPerSecond: 1,
      ...limits,
      table: delayed(table, clock, latencyMs, () => {
        requests += 1;
      }),
      now,
      wait: clock.wait,
    });
    /** @returns when the call started. */
    const take = async (weight: Weight, patienceMs = PATIENCE_MS): Promise<number> => {
      await limiter.take(weight, now() + patienceMs);
      return time();
    };
    return { limiter, take };
  };
  return { clock, time, startProcess, requests: () => requests, usage: table.usage };
}

/** The same with one process. */
export async function openProcess(...[limits]: Parameters<typeof openProcesses>) {
  const { startProcess, ...others } = await openProcesses(limits);
  return { ...others, ...startProcess() };
}

/**
 * The table as one process sees it: each request is answered by the table at once, but takes its time there and back.
 * An update whose condition fails takes two requests, as in `openTable`.
 */
function delayed(table: Table, clock: VirtualClock, latencyMs: () => number, count: () => void): Table {
  const request = async <T>(ask: () => Promise<T>): Promise<T> => {
    count();
    await clock.wait(latencyMs());
    const answer = await clock.hold(ask());
    await clock.wait(latencyMs());
    return answer;
  };
  const get: Table['get'] = (key) => request(() => table.get(key));
  return {
    ...table,
    get,
    async update(key, update) {
      const result = await request(() => table.update(key, update));
      return result.written ? result : { written: false, existing: await get(key) };
    },
  };
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
