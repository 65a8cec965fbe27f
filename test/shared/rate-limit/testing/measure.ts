import { SlidingSecond } from '../../../../infra/local/ocrolus/http/rate-limit.ts';
import { seeded } from '../../../../infra/local/ocrolus/random.ts';
import { Failure } from '../../../../shared/failure.ts';
import { busiestSecond, openProcesses } from './processes.ts';

/** One-way latency of a request to the table or to Ocrolus. */
const LATENCY_MS = { least: 2, most: 12 };

/** Ocrolus's limit for any second, not only for clock seconds. */
const OCROLUS_LIMIT = 20;

/** Time that a call can wait for its permit. */
const PATIENCE_MS = 20_000;

/** After a 429 (shared/ocrolus/client.ts). */
const PAUSE_SECONDS = 1;

/** Average duration of a call. */
const CALL_MS = 150;

export interface Load {
  /** One for each process: by how much its clock is fast, in milliseconds. */
  readonly skews: readonly number[];
  readonly perSecond: number;
  readonly seconds: number;
  /** Calls of one process that are under way at once. */
  readonly atOnce: number;
  /** A process is replaced after this time by one whose clock is wrong by up to 2 s. Never when absent. */
  readonly lifeSeconds?: number;
}

/**
 * Lets processes call as fast as the limiter allows, with a backlog that never ends, and evaluates what Ocrolus sees.
 * Time is virtual, so that the figures describe the limiter and not this machine.
 */
export async function measureLoad(load: Load) {
  const { skews, perSecond, seconds, atOnce, lifeSeconds = Number.POSITIVE_INFINITY } = load;
  const { clock, startProcess, requests, usage } = await openProcesses({ perSecond });
  const random = seeded(1);
  const latencyMs = () => LATENCY_MS.least + random() * (LATENCY_MS.most - LATENCY_MS.least);
  const open = (skewMs: number) => startProcess({ skewMs, latencyMs });
  const startsAt = clock.now();
  const endsAt = startsAt + seconds * 1000;
  const ocrolus = new SlidingSecond(OCROLUS_LIMIT, clock.now);
  const arrivals: number[] = [];
  let accepted = 0;

  /** @returns whether Ocrolus accepted the call. Without a permit, it is not made. */
  const call = async ({ take, limiter }: ReturnType<typeof open>): Promise<boolean> => {
    try {
      await take('light', PATIENCE_MS);
    } catch (error) {
      // As the message of this call does.
      await clock.wait((error instanceof Failure ? (error.retryAfterSeconds ?? 0) : 0) * 1000);
      return false;
    }
    await clock.wait(latencyMs());
    if (clock.now() > endsAt) return false;
    arrivals.push(clock.now());
    if (ocrolus.hasRoom()) {
      ocrolus.count();
      accepted += 1;
      await clock.wait(CALL_MS * (0.5 + random()));
      return true;
    }
    await limiter.pause(PAUSE_SECONDS);
    await clock.wait(PAUSE_SECONDS * 1000 * (1 + random() / 2));
    return false;
  };

  const served = skews.map(() => 0);
  const backlogs = skews.map(async (firstSkew, index) => {
    let process = open(firstSkew);
    let diesAt = startsAt + lifeSeconds * 1000 * random();
    const caller = async () => {
      while (clock.now() < endsAt) {
        if (clock.now() > diesAt) {
          diesAt = clock.now() + lifeSeconds * 1000;
          process = open((random() * 2 - 1) * 2000);
        }
        if (await call(process)) served[index] = (served[index] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, caller));
  });
  await clock.run(Promise.all(backlogs));
  const allServed = served.reduce((sum, count) => sum + count, 0);
  return {
    /** Calls that Ocrolus accepts, as a share of the configured rate. */
    used: accepted / (seconds * perSecond),
    /** Calls of the process that was served least, relative to an equal share. */
    leastServed: (Math.min(...served) * skews.length) / allServed,
    /** Share of calls that Ocrolus answers with 429. */
    refused: 1 - accepted / arrivals.length,
    /** The most calls that arrive within any second. */
    busiestSecond: busiestSecond(arrivals),
    requestsPerCall: requests() / arrivals.length,
    writeUnitsPerCall: usage.writeUnits / arrivals.length,
  };
}
