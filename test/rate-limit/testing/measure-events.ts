import { seeded } from '../../../infra/local/ocrolus/index.ts';
import { createSharedRateLimiter } from '../../../shared/rate-limit/shared.ts';
import { virtualClock } from '../../ocrolus/testing/virtual-clock.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { busiestSecond } from './processes.ts';
import { openVirtualTable } from './virtual-table.ts';

/** One-way latency of a request to the table: 5 ms in total. */
const TABLE_MS = 2.5;

const PATIENCE_MS = 60_000;

/**
 * Lets events come at random to processes. Each makes three calls: Book status, then two for results at the same time.
 *
 * @param options how many events per second, and how long a call takes.
 * @returns sorted, how long each event waited in all for permits; write units, and refused writes, per event.
 */
export async function measureEvents(options: {
  readonly processes: number;
  readonly perSecond: number;
  readonly events: number;
  readonly callMs: number;
}) {
  const { callMs } = options;
  const clock = virtualClock(Date.parse('2026-02-01T00:00:00Z'));
  const random = seeded(1);
  const stored = await memoryTable();
  const waitsMs: number[] = [];
  const calls: number[] = [];
  const limiters = Array.from({ length: options.processes }, () =>
    createSharedRateLimiter({
      table: openVirtualTable(stored, clock, () => TABLE_MS),
      perSecond: 12,
      heavyPerSecond: 1,
      now: clock.now,
      wait: clock.wait,
    }),
  );
  const processEvent = async () => {
    const startedAt = clock.now();
    const limiter = limiters[Math.floor(random() * limiters.length)];
    const call = async () => {
      await limiter?.take('light', clock.now() + PATIENCE_MS);
      calls.push(clock.now());
      await clock.wait(callMs);
    };
    await call();
    await Promise.all([call(), call()]);
    waitsMs.push(clock.now() - startedAt - 2 * callMs);
  };
  const events: Promise<void>[] = [];
  const announce = async () => {
    for (let n = 0; n < options.events; n += 1) {
      await clock.wait((-Math.log(1 - random()) * 1000) / options.perSecond);
      events.push(processEvent());
    }
    await Promise.all(events);
  };
  await clock.run(announce());
  const { writeUnits, refusedWrites } = stored.usage;
  return {
    waitsMs: waitsMs.sort((a, b) => a - b),
    writeUnits: writeUnits / events.length,
    refusedWrites: refusedWrites / events.length,
    busiestSecond: busiestSecond(calls),
  };
}
