import { readArguments } from '../command/arguments.ts';
import { hasFailed, runSeeds, type SeedResult } from '../command/seed-process.ts';

/**
 * Runs seeds as `npm run simulate` does: each has a process of its own, because the simulation replaces globals of its process
 * (kernel/guard.ts).
 */
export async function simulate(seeds: string, ...words: string[]): Promise<SeedResult[]> {
  const args = readArguments(['--seeds', seeds, '--workers', '2', ...words]);
  return args === undefined ? [] : await runSeeds(args, () => {});
}

/** What a reader of a failed test needs: what was violated, and how to see it again. */
export function failures(results: readonly SeedResult[]): string[] {
  return results
    .filter(hasFailed)
    .flatMap(({ seed, report, error }) => [
      `seed ${seed}: ${error ?? JSON.stringify(report?.violationCounts)}`,
      ...(report?.violations ?? []).slice(0, 5).map(({ invariant, text }) => `${invariant}: ${text}`),
      report?.command ?? '',
    ]);
}

/** What the worlds of a test contain: the other switches take minutes. */
export const UNUSUAL =
  'policies,poll-times,rates,quick-retries,retention,deployments,large-bodies,replay,backfill,pause,passing-codes,' +
  'lagging-api,aws-outages,clock-skew,copies,corrections';
