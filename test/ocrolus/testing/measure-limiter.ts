import { createSharedRateLimiter } from '../../../shared/ocrolus/shared-rate-limit.ts';
import { openRateBucket } from '../../../shared/store/rate-bucket.ts';
import type { Table } from '../../../shared/store/table.ts';
import { seeded } from '../../simulator/index.ts';
import { virtualClock } from '../virtual-clock.ts';
import { openVirtualTable } from './virtual-table.ts';

const SOON_MS = 200;

/** Of the way to the table, and to Ocrolus. */
const LATENCY_MS = { least: 2, most: 12 };

export interface Measured {
  /** Calls that Ocrolus would have taken, as a share of what its limit allows in the time. */
  readonly used: number;
  /** Share of calls that it would have answered 429: the limit is of any second, not of clock seconds. */
  readonly refused: number;
  /** Table requests per call. */
  readonly cost: number;
  /** Calls of the process that got fewest, as a share of an equal share. */
  readonly leastServed: number;
  /** Of an express call beside them, in milliseconds, once it has had room for the first time. */
  readonly expressWaits: readonly number[];
}

/**
 * Lets several processes call as fast as the limiter allows, with a backlog that never ends, and looks at what
 * Ocrolus sees. The table is real; time is not, so that the figures are of the limiter and not of the machine.
 *
 * @param skews what each process's clock is off by, in milliseconds.
 */
export async function measureLimiter(options: {
  readonly table: Table;
  readonly skews: readonly number[];
  readonly perSecond: number;
  readonly seconds: number;
  /** Calls of one process that are under way at once: a batch. */
  readonly atOnce: number;
  /** From one express call to the next, by one more process; none when absent. */
  readonly expressEveryMs?: number;
}): Promise<Measured> {
  const { skews, perSecond, seconds, atOnce, expressEveryMs } = options;
  const clock = virtualClock(Date.now());
  const random = seeded(1);
  const latency = () => LATENCY_MS.least + random() * (LATENCY_MS.most - LATENCY_MS.least);
  const arrivals: number[] = [];
  const served = skews.map(() => 0);
  let requests = 0;
  const endsAt = clock.now() + seconds * 1000;

  const start = (now: () => number) => {
    const table = openVirtualTable(options.table, clock, latency, () => {
      requests += 1;
    });
    const bucket = openRateBucket(table, now, clock.wait);
    const { wait } = clock;
    return createSharedRateLimiter({ bucket, perSecond, heavyPerSecond: 1, priority: 'consumer', now, wait });
  };

  const work = skews.map(async (skew, index) => {
    const now = () => clock.now() + skew;
    const limiter = start(now);
    const caller = async () => {
      while (clock.now() < endsAt) {
        // A caller that is told to come back later does so: its message would.
        const turn = await limiter.take('light', now() + 10_000).then(
          () => true,
          () => false,
        );
        if (!turn || clock.now() > endsAt) continue;
        arrivals.push(clock.now() + latency());
        served[index] = (served[index] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, caller));
  });
  const expressWaits: number[] = [];
  const express = async (everyMs: number) => {
    const limiter = start(clock.now);
    while (clock.now() < endsAt) {
      const askedAt = clock.now();
      await limiter.take('light', clock.now() + 60_000, 'express');
      arrivals.push(clock.now() + latency());
      expressWaits.push(clock.now() - askedAt);
      await clock.wait(everyMs);
    }
  };
  await clock.run(Promise.all([...work, ...(expressEveryMs === undefined ? [] : [express(expressEveryMs)])]));

  const taken: number[] = [];
  for (const time of arrivals.sort((a, b) => a - b)) {
    const nth = taken.at(-perSecond);
    if (nth === undefined || time - nth >= 1000) taken.push(time);
  }
  const first = arrivals[0] ?? 0;
  const duration = ((arrivals.at(-1) ?? 0) - first) / 1000;
  return {
    used: (taken.length - 1) / (duration * perSecond),
    refused: 1 - taken.length / arrivals.length,
    cost: requests / arrivals.length,
    // The first ones find everything taken.
    expressWaits: expressWaits.slice(expressWaits.findIndex((wait) => wait < SOON_MS)),
    leastServed: (Math.min(...served) * skews.length) / arrivals.length,
  };
}
