import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hasFailed, type SeedResult } from '../command/seed-process.ts';

/*
 * The simulation replaces globals of its process (kernel/guard.ts), so it gets processes of its own. `npm run simulate`
 * runs the same with more of everything.
 */

const SIMULATE = fileURLToPath(new URL('../simulate.ts', import.meta.url));

const run = promisify(execFile);

interface Outcome {
  readonly exitCode: number;
  readonly results: readonly SeedResult[];
}

export async function simulate(seeds: string, ...words: string[]): Promise<Outcome> {
  const args = [SIMULATE, '--seeds', seeds, '--workers', '2', '--json', ...words];
  const options = { maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await run(process.execPath, args, options);
    return { exitCode: 0, results: JSON.parse(stdout) as SeedResult[] };
  } catch (error) {
    const { code, stdout } = error as { code?: number; stdout?: string };
    if (code !== 1 || stdout === undefined || stdout === '') throw error;
    return { exitCode: code, results: JSON.parse(stdout) as SeedResult[] };
  }
}

/** What a reader of a failed test needs: what was violated, and how to see it again. */
export function failures({ results }: Outcome): string[] {
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
