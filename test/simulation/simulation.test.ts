import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { hasFailed, type SeedResult } from './command/seed-process.ts';

/*
 * The simulation replaces globals of its process (kernel/guard.ts), so it gets processes of its own. `npm run simulate`
 * runs the same with more of everything.
 */

const SIMULATE = fileURLToPath(new URL('simulate.ts', import.meta.url));

const run = promisify(execFile);

interface Outcome {
  readonly exitCode: number;
  readonly results: readonly SeedResult[];
}

async function simulate(seeds: string, ...words: string[]): Promise<Outcome> {
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
function failures({ results }: Outcome): string[] {
  return results
    .filter(hasFailed)
    .flatMap(({ seed, report, error }) => [
      `seed ${seed}: ${error ?? JSON.stringify(report?.violationCounts)}`,
      ...(report?.violations ?? []).slice(0, 5).map(({ invariant, text }) => `${invariant}: ${text}`),
      report?.command ?? '',
    ]);
}

test('whatever goes wrong, every result is stored in the end', { timeout: 240_000 }, async () => {
  const outcome = await simulate('101..102', '--deliveries', '400', '--days', '6', '--with', 'none');
  expect(failures(outcome)).toEqual([]);
  expect(outcome.exitCode).toBe(0);
  for (const { report } of outcome.results) expect(report?.results).toBeGreaterThan(100);
});

/** What the worlds of a test contain: the other switches take minutes. */
const UNUSUAL =
  'policies,poll-times,rates,quick-retries,retention,deployments,large-bodies,replay,backfill,pause,passing-codes,' +
  'lagging-api,aws-outages,clock-skew,copies,corrections';

test('other settings, operators at work and odd answers lose nothing either', {
  timeout: 240_000,
}, async () => {
  const outcome = await simulate('103..104', '--deliveries', '300', '--days', '6', '--with', UNUSUAL);
  expect(failures(outcome)).toEqual([]);
  for (const { report } of outcome.results) expect(report?.switches).toHaveLength(UNUSUAL.split(',').length);
});

test('the same seed has the same history', { timeout: 240_000 }, async () => {
  const { results } = await simulate('7,7,8', '--deliveries', '100', '--days', '2', '--with', UNUSUAL);
  const [first, second, other] = results.map(({ report }) => report?.hash);
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});
