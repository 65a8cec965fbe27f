import { type Checked, runChecks } from '../../../ops/doctor/check.ts';
import { HEALTH_CHECKS } from '../../../ops/health/checks.ts';
import { openLocalTarget } from '../../../ops/local-target.ts';
import type { Target } from '../../../ops/target/target.ts';

const EVERY_MS = 5000;

/** Age from which a result says nothing about the present: no console has asked for longer than a check may take. */
const OUTDATED_MS = 30_000;

export type Health = readonly Checked[];

/**
 * Runs the checks of `ops doctor` that may run often, in the background, while the console asks for the result.
 *
 * @returns reads the latest result without waiting: `undefined` until there is one.
 */
export function createHealth(
  dataDir: string,
  which: string,
  open: (dataDir: string) => Promise<Target> = openLocalTarget,
  clock: () => number = Date.now,
): () => Health | undefined {
  let health: Health | undefined;
  let target: Target | undefined;
  let startedAt = Number.NEGATIVE_INFINITY;
  let isRunning = false;

  async function run(now: number): Promise<void> {
    try {
      target ??= await open(dataDir);
      health = await runChecks(HEALTH_CHECKS, { target, which, now });
    } catch {
      health = undefined;
    } finally {
      isRunning = false;
    }
  }

  return () => {
    const now = clock();
    if (now > startedAt + OUTDATED_MS) health = undefined;
    if (!isRunning && now >= startedAt + EVERY_MS) {
      isRunning = true;
      startedAt = now;
      void run(now);
    }
    return health;
  };
}
