import { SlidingSecond } from '../../../infra/local/ocrolus/http/rate-limit.ts';
import { seeded } from '../../../infra/local/ocrolus/index.ts';
import { Failure } from '../../../shared/failure.ts';
import type { RateLimiter } from '../../../shared/rate-limit/limiter.ts';
import { createSharedRateLimiter } from '../../../shared/rate-limit/shared.ts';
import { virtualClock } from '../../ocrolus/testing/virtual-clock.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { busiestSecond } from './processes.ts';
import { openVirtualTable } from './virtual-table.ts';

/** One-way latency of a request to the table or to Ocrolus. */
const LATENCY_MS = { least: 2, most: 12 };

/** Ocrolus's limit for any second, not only for clock seconds. */
const OCROLUS_LIMIT = 20;

/** Time that a call can wait for its permit. */
const PATIENCE_MS = 20_000;

/** After a 429 (shared/ocrolus/client.ts). */
const PAUSE_SECONDS = 1;

export interface Measured {
  /** Calls that Ocrolus accepts, as a share of the configured rate. */
  readonly used: number;
  /** Share of calls that Ocrolus answers with 429. */
  readonly refused: number;
  /** The most calls that arrive within any second. */
  readonly busiestSecond: number;
  /** Table requests and write units per call. */
  readonly requestsPerCall: number;
  readonly writeUnitsPerCall: number;
  /** Calls of the process that was served least, relative to an equal share. */
  readonly leastServed: number;
  /** Time that the calls of the process with one call at a time waited for their permits. */
  readonly singleCallWaitsMs: readonly number[];
}

/**
 * Lets processes call as fast as the limiter allows, with a backlog that never ends, and evaluates what Ocrolus sees.
 * Time is virtual, so that the figures describe the limiter and not this machine.
 */
export async function measureLoad(options: {
  /** One for each process: by how much its clock is fast, in milliseconds. */
  readonly skews: readonly number[];
  readonly perSecond: number;
  readonly seconds: number;
  /** Calls of one process that are under way at once. */
  readonly atOnce: number;
  /** Average duration of a call. */
  readonly callMs: number;
  /** A process is replaced after this time by one whose clock is wrong by up to 2 s. Never when absent. */
  readonly lifeSeconds?: number;
  /** Adds a process that makes one call at a time. */
  readonly singleCalls?: boolean;
}): Promise<Measured> {
  const { skews, perSecond, seconds, atOnce, callMs, lifeSeconds = Number.POSITIVE_INFINITY } = options;
  const clock = virtualClock(Date.parse('2026-02-01T00:00:00Z'));
  const random = seeded(1);
  const latency = () => LATENCY_MS.least + random() * (LATENCY_MS.most - LATENCY_MS.least);
  const startsAt = clock.now();
  const endsAt = startsAt + seconds * 1000;
  const ocrolus = new SlidingSecond(OCROLUS_LIMIT, clock.now);
  const stored = await memoryTable();
  const arrivals: number[] = [];
  let accepted = 0;
  let requests = 0;

  const openProcess = (skewMs: number) => {
    const now = () => clock.now() + skewMs;
    const table = openVirtualTable(stored, clock, latency, () => {
      requests += 1;
    });
    const limiter = createSharedRateLimiter({ table, perSecond, heavyPerSecond: 1, now, wait: clock.wait });
    return { limiter, now };
  };
  /** @returns whether Ocrolus accepted the call. */
  const send = async (limiter: RateLimiter): Promise<boolean> => {
    await clock.wait(latency());
    if (clock.now() > endsAt) return false;
    arrivals.push(clock.now());
    if (ocrolus.hasRoom()) {
      ocrolus.count();
      accepted += 1;
      await clock.wait(callMs * (0.5 + random()));
      return true;
    }
    await limiter.pause(PAUSE_SECONDS);
    await clock.wait(PAUSE_SECONDS * 1000 * (1 + random() / 2));
    return false;
  };
  /** @returns whether Ocrolus accepted the call. Without a permit, it is not made. */
  const call = async (limiter: RateLimiter, now: () => number): Promise<boolean> => {
    try {
      await limiter.take('light', now() + PATIENCE_MS);
    } catch (error) {
      // As the message of this call does.
      await clock.wait((error instanceof Failure ? (error.retryAfterSeconds ?? 0) : 0) * 1000);
      return false;
    }
    return send(limiter);
  };

  const served = skews.map(() => 0);
  const load = skews.map(async (firstSkew, index) => {
    let process = openProcess(firstSkew);
    let diesAt = startsAt + lifeSeconds * 1000 * random();
    const caller = async () => {
      while (clock.now() < endsAt) {
        if (clock.now() > diesAt) {
          diesAt = clock.now() + lifeSeconds * 1000;
          process = openProcess((random() * 2 - 1) * 2000);
        }
        if (await call(process.limiter, process.now)) served[index] = (served[index] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, caller));
  });
  const callOneAtATime = async (): Promise<number[]> => {
    const { limiter, now } = openProcess(0);
    const waits: number[] = [];
    while (clock.now() < endsAt) {
      const askedAt = clock.now();
      await limiter.take('light', now() + PATIENCE_MS);
      waits.push(clock.now() - askedAt);
      await send(limiter);
    }
    return waits;
  };
  const single = options.singleCalls ? callOneAtATime() : [];
  const [singleCallWaitsMs] = await clock.run(Promise.all([single, ...load]));
  const allServed = served.reduce((sum, count) => sum + count, 0);
  return {
    used: accepted / (seconds * perSecond),
    refused: 1 - accepted / arrivals.length,
    busiestSecond: busiestSecond(arrivals),
    requestsPerCall: requests / arrivals.length,
    writeUnitsPerCall: stored.usage.writeUnits / arrivals.length,
    leastServed: (Math.min(...served) * skews.length) / allServed,
    singleCallWaitsMs,
  };
}
