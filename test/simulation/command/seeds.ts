import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '../run.ts';
import { argumentsFor, type SimulateArguments } from './arguments.ts';

/** The outcome of a seed. `error`: its process ended without a report. */
export interface SeedResult {
  readonly seed: number;
  readonly report?: RunReport;
  readonly error?: string;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** A fault of the product may let a simulation run forever. */
const TIMEOUT_MS = 30 * 60_000;

/** Runs a seed in a process of its own. @param root of the project, or of a copy of it. */
export async function runSeed(
  seed: number,
  world: SimulateArguments['world'],
  root = ROOT,
  timeout = TIMEOUT_MS,
): Promise<SeedResult> {
  const words = ['test/simulation/simulate.ts', ...argumentsFor(seed, world), '--json'];
  const child = spawn(process.execPath, words, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  const [output, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (output.startsWith('{')) return { seed, report: JSON.parse(output) as RunReport };
  return { seed, error: `ended with ${signal ?? code}: ${errors.slice(-4000)}` };
}

/** Runs seeds, some at a time. @param onResult gets each as soon as it is there. */
export async function runSeeds(
  { seeds, workers, world }: SimulateArguments,
  onResult: (result: SeedResult) => void,
): Promise<SeedResult[]> {
  const results: SeedResult[] = [];
  const waiting = [...seeds];
  const work = async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const result = await runSeed(seed, world);
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, waiting.length) }, work));
  return results.sort((a, b) => a.seed - b.seed);
}

/** How often each invariant was violated; `undefined`: none was. */
export function verdictOf({ report, error }: SeedResult): string | undefined {
  if (report === undefined) return error;
  const found = Object.entries(report.violationCounts).map(([invariant, count]) => `${count} ${invariant}`);
  return found.length === 0 ? undefined : found.join(', ');
}

/** Violations of an invariant that are printed. */
const MOST_OF_EACH = 6;

/** What was violated, and what repeats it: with the story of the first book. */
export function explain({ seed, report, error }: SeedResult, world: SimulateArguments['world']): string {
  const violations = report?.violations ?? [];
  const kept = [...Map.groupBy(violations, ({ invariant }) => invariant).values()].flatMap((all) =>
    all.slice(0, MOST_OF_EACH),
  );
  const lines = kept.map(({ invariant, bookUuid, at, text }) => `  ${invariant} ${bookUuid} ${at} ${text}`);
  const { bookUuid } = violations.find((one) => one.bookUuid !== '') ?? {};
  const words = [...argumentsFor(seed, world), ...(bookUuid === undefined ? [] : ['--story', bookUuid])];
  const command = `npm run simulate -- ${words.join(' ')}`;
  return [`seed ${seed}: ${error ?? ''}`, ...lines, `repeat it with\n  ${command}`].join('\n');
}
