import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '../run.ts';
import type { SimulateArguments } from './arguments.ts';
import type { Explanation } from './explain.ts';

/** What the process of a seed prints with `--json`. */
export interface SeedReport extends RunReport {
  readonly command: string;
  readonly explanation?: Explanation | undefined;
}

/** The outcome of a seed. `error`: its process ended without a report. */
export interface SeedResult {
  readonly seed: number;
  readonly report?: SeedReport;
  readonly error?: string;
}

const SIMULATE = fileURLToPath(new URL('../simulate.ts', import.meta.url));

/** Runs a seed in a process of its own. */
export function runSeed(seed: number, args: SimulateArguments): Promise<SeedResult> {
  const { deliveries, days, isCalm, switches, explains } = args;
  const words = ['--seed', seed, '--deliveries', deliveries, '--days', days, '--json'].map(String);
  if (isCalm) words.push('--calm');
  if (switches !== undefined) words.push('--with', switches.join(',') || 'none');
  if (!explains) words.push('--no-explain');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SIMULATE, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (output.startsWith('{')) resolve({ seed, report: JSON.parse(output) as SeedReport });
      else resolve({ seed, error: `ended with ${signal ?? code}: ${errors}` });
    });
  });
}

/** Runs seeds, some at a time. @param onResult gets each as soon as it is there. */
export async function runSeeds(
  args: SimulateArguments,
  onResult: (result: SeedResult) => void,
): Promise<SeedResult[]> {
  const results: SeedResult[] = [];
  const waiting = [...args.seeds];
  const work = async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const result = await runSeed(seed, args);
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(args.workers, waiting.length) }, work));
  return results.sort((a, b) => a.seed - b.seed);
}

export function hasFailed({ report }: SeedResult): boolean {
  return report === undefined || Object.keys(report.violationCounts).length > 0;
}
