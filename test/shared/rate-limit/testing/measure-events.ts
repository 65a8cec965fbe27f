import { seeded } from '../../../../infra/local/ocrolus/index.ts';
import { busiestSecond, openProcesses } from './processes.ts';

const PROCESSES = 5;
const CALL_MS = 150;

/**
 * Lets events come at random to processes. Each makes three calls: Book status, then two for results at the same time.
 *
 * @returns sorted, how long each event waited in all for permits; write units, and refused writes, per event.
 */
export async function measureEvents(options: { readonly perSecond: number; readonly events: number }) {
  const { clock, startProcess, usage } = await openProcesses();
  const random = seeded(1);
  const waitsMs: number[] = [];
  const calls: number[] = [];
  const processes = Array.from({ length: PROCESSES }, () => startProcess());
  const processEvent = async () => {
    const startedAt = clock.now();
    const process = processes[Math.floor(random() * PROCESSES)];
    const call = async () => {
      await process?.take('light');
      calls.push(clock.now());
      await clock.wait(CALL_MS);
    };
    await call();
    await Promise.all([call(), call()]);
    waitsMs.push(clock.now() - startedAt - 2 * CALL_MS);
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
  return {
    waitsMs: waitsMs.sort((a, b) => a - b),
    writeUnits: usage.writeUnits / events.length,
    refusedWrites: usage.refusedWrites / events.length,
    busiestSecond: busiestSecond(calls),
  };
}
