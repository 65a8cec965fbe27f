import { readArguments } from '../command/arguments.ts';
import { explain, runSeeds, type SeedResult, verdictOf } from '../command/seeds.ts';

/**
 * Runs seeds as `npm run simulate` does: each has a process of its own, because the simulation replaces globals of its process
 * (kernel/guard.ts).
 *
 * @returns the outcomes, and for a reader of a failed test what was violated.
 */
export async function simulate(
  seeds: string,
  ...words: string[]
): Promise<{ readonly results: readonly SeedResult[]; readonly failures: readonly string[] }> {
  const args = readArguments(['--seeds', seeds, '--workers', '2', ...words]);
  if (args === undefined) throw new Error('--help');
  const results = await runSeeds(args, () => {});
  const failed = results.filter((result) => verdictOf(result) !== undefined);
  return { results, failures: failed.map((result) => explain(result, args.world)) };
}

/** What the worlds of a test contain: the other switches take minutes. */
export const UNUSUAL =
  'policies,poll-times,rates,quick-retries,retention,deployments,large-bodies,replay,backfill,pause,passing-codes,' +
  'lagging-api,aws-outages,clock-skew,copies,corrections';
