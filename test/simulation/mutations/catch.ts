import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SeedReport } from '../command/seed-process.ts';
import type { ProjectCopy } from './project-copy.ts';

const run = promisify(execFile);

/** A mutation may make the simulation go on for ever. */
const TIMEOUT_MS = 10 * 60_000;

export interface CatchOptions {
  readonly seeds: readonly number[];
  readonly deliveries: number;
  readonly days: number;
}

interface Ended {
  readonly exitCode: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

async function node(copy: ProjectCopy, args: readonly string[]): Promise<Ended> {
  const options = { cwd: copy.root, timeout: TIMEOUT_MS, maxBuffer: 256 * 1024 * 1024 };
  try {
    return { exitCode: 0, ...(await run(process.execPath, args, options)) };
  } catch (error) {
    const {
      code,
      signal,
      stdout = '',
      stderr = '',
    } = error as Partial<Ended> & {
      code?: number;
      signal?: string;
    };
    return { exitCode: code ?? signal ?? 'unknown', stdout, stderr };
  }
}

/** @returns the first seed that finds something wrong, and what; `undefined`: none does. */
export async function catchBySeed(
  copy: ProjectCopy,
  { seeds, deliveries, days }: CatchOptions,
): Promise<string | undefined> {
  for (const seed of seeds) {
    const words = ['--seed', seed, '--deliveries', deliveries, '--days', days].map(String);
    const ended = await node(copy, ['test/simulation/simulate.ts', ...words, '--json', '--no-explain']);
    if (ended.exitCode === 0) continue;
    if (!ended.stdout.startsWith('{')) {
      const [reason = ''] = /\w*Error: .*/.exec(ended.stderr) ?? [];
      return `seed ${seed}: ends with ${ended.exitCode} ${reason.slice(0, 100)}`;
    }
    const { violationCounts } = JSON.parse(ended.stdout) as SeedReport;
    const found = Object.entries(violationCounts).map(([invariant, count]) => `${count} ${invariant}`);
    return `seed ${seed}: ${found.join(', ')}`;
  }
  return undefined;
}

interface TestFile {
  readonly name: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

const VITEST = 'node_modules/vitest/vitest.mjs';
/** The folders of tests about what is mutated. */
const TESTED = ['test/checklist', 'test/reconcile', 'test/store', 'test/consumers', 'test/poller'];

/** @returns the tests that fail. */
export async function catchByTests(copy: ProjectCopy): Promise<string[]> {
  const output = join(copy.root, 'vitest.json');
  const words = ['run', '--project', 'unit', ...TESTED, '--reporter=json', `--outputFile=${output}`];
  const ended = await node(copy, [VITEST, ...words]);
  if (ended.exitCode === 0) return [];
  const { testResults } = JSON.parse(await readFile(output, 'utf8')) as { testResults: readonly TestFile[] };
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0) return message === '' ? [] : [`${name}: ${message}`];
    return failed.map(({ fullName }) => fullName);
  });
}
