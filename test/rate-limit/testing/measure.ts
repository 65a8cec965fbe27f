import { seeded } from '../../../infra/local/ocrolus/index.ts';
import { Failure } from '../../../shared/failure.ts';
import type { RateLimiter } from '../../../shared/rate-limit/limiter.ts';
import { both, createLocalRateLimiter } from '../../../shared/rate-limit/local.ts';
import { createSharedRateLimiter } from '../../../shared/rate-limit/shared.ts';
import type { Table } from '../../../shared/store/table.ts';
import { virtualClock } from '../../ocrolus/testing/virtual-clock.ts';
import { openVirtualTable } from './virtual-table.ts';

/** Of a request to the table or to Ocrolus, one way. */
const LATENCY_MS = { least: 2, most: 12 };

/** One call of the poller, or of a small book, from its start to the next one. */
const CALL_MS = 200;

export interface Measured {
  /** Calls that Ocrolus accepts, as a share of what its limit allows. */
  readonly used: number;
  /** Share of calls that Ocrolus answers with 429: its limit holds for any second, not only for clock seconds. */
  readonly refused: number;
  /** Table requests per call. */
  readonly requestsPerCall: number;
  /** Calls of the process that was served least, relative to an equal share. */
  readonly leastServed: number;
  /** Calls of the poller per second. */
  readonly pollerPerSecond: number;
  /** Time that each call of the process with one call at a time waited for its permit. */
  readonly singleCallWaitsMs: readonly number[];
}

/**
 * Lets processes call as fast as the limiter allows, with a backlog that never ends, and evaluates what Ocrolus sees.
 * Time is virtual, so that the figures describe the limiter and not this machine.
 */
export async function measureLimiter(options: {
  readonly table: Table;
  /** One for each consumer process: by how much its clock is off, in milliseconds. */
  readonly skews: readonly number[];
  readonly perSecond: number;
  /** Of Ocrolus, per second: what is configured when absent. */
  readonly ocrolusLimit?: number;
  readonly seconds: number;
  /** Calls of one process that are under way at once: a batch. */
  readonly atOnce: number;
  /** Adds a poller that makes one call at a time, with a local limit of so many per second. */
  readonly pollerLimit?: number;
  /** Adds a consumer process that makes one call at a time. */
  readonly singleCalls?: boolean;
}): Promise<Measured> {
  const { skews, perSecond, seconds, atOnce, pollerLimit, singleCalls = false } = options;
  const { ocrolusLimit = perSecond } = options;
  const clock = virtualClock(Date.parse('2026-02-01T00:00:00Z'));
  const random = seeded(1);
  const latency = () => LATENCY_MS.least + random() * (LATENCY_MS.most - LATENCY_MS.least);
  const startsAt = clock.now();
  const endsAt = startsAt + seconds * 1000;
  const arrivals: number[] = [];
  let requests = 0;

  const openLimiter = (now: () => number, priority: 'consumer' | 'poller') => {
    const table = openVirtualTable(options.table, clock, latency, () => {
      requests += 1;
    });
    return createSharedRateLimiter({ table, perSecond, heavyPerSecond: 1, priority, now, wait: clock.wait });
  };
  /** @returns whether the call was made. */
  const call = async (limiter: RateLimiter, now: () => number): Promise<boolean> => {
    try {
      await limiter.take('light', now() + 20_000);
    } catch (error) {
      // As the message of this call does.
      await clock.wait((error instanceof Failure ? (error.retryAfterSeconds ?? 0) : 0) * 1000);
      return false;
    }
    if (clock.now() > endsAt) return false;
    arrivals.push(clock.now() + latency());
    return true;
  };

  const served = skews.map(() => 0);
  const consumers = skews.map(async (skew, index) => {
    const now = () => clock.now() + skew;
    const limiter = openLimiter(now, 'consumer');
    const caller = async () => {
      while (clock.now() < endsAt) if (await call(limiter, now)) served[index] = (served[index] ?? 0) + 1;
    };
    await Promise.all(Array.from({ length: atOnce }, caller));
  });
  const callOneAtATime = async (limiter: RateLimiter): Promise<number[]> => {
    const waits: number[] = [];
    while (clock.now() < endsAt) {
      const askedAt = clock.now();
      if (!(await call(limiter, clock.now))) continue;
      waits.push(clock.now() - askedAt);
      await clock.wait(CALL_MS);
    }
    return waits;
  };
  const poll = (limit: number) => {
    const local = createLocalRateLimiter({ ...clock, perSecond: limit, heavyPerSecond: 1 });
    return callOneAtATime(both(local, openLimiter(clock.now, 'poller')));
  };
  const [singleCallWaitsMs, polled] = await clock.run(
    Promise.all([
      singleCalls ? callOneAtATime(openLimiter(clock.now, 'consumer')) : [],
      pollerLimit === undefined ? [] : poll(pollerLimit),
      ...consumers,
    ]),
  );

  const accepted: number[] = [];
  for (const time of arrivals.sort((a, b) => a - b)) {
    const nth = accepted.at(-ocrolusLimit);
    if (nth === undefined || time - nth >= 1000) accepted.push(time);
  }
  const allServed = served.reduce((sum, count) => sum + count, 0);
  return {
    used: accepted.length / (seconds * perSecond),
    refused: 1 - accepted.length / arrivals.length,
    requestsPerCall: requests / arrivals.length,
    leastServed: (Math.min(...served) * skews.length) / allServed,
    pollerPerSecond: polled.length / seconds,
    singleCallWaitsMs,
  };
}
