import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SeedReport } from '../command/seed-process.ts';
import type { ProjectCopy } from './project-copy.ts';

const run = promisify(execFile);

/** A mutation may make the simulation run forever. */
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
/** The folders of tests about what is mutated, the quickest first. */
const TESTED = ['checklist', 'poller', 'consumers', 'reconcile', 'store'];

/**
 * Runs the tests about the mutated file first, then the others, and stops at the first failure.
 *
 * @returns the test that fails; `undefined`: none does.
 */
export async function catchByTests(copy: ProjectCopy, file: string): Promise<string | undefined> {
  const output = join(copy.root, 'vitest.json');
  const isAbout = (folder: string) => file.includes(`/${folder}/`);
  for (const folder of TESTED.toSorted((one, other) => Number(isAbout(other)) - Number(isAbout(one)))) {
    const words = ['run', '--project', 'unit', `test/${folder}`, '--bail=1'];
    const ended = await node(copy, [VITEST, ...words, '--reporter=json', `--outputFile=${output}`]);
    if (ended.exitCode === 0) continue;
    const { testResults } = JSON.parse(await readFile(output, 'utf8')) as {
      testResults: readonly TestFile[];
    };
    for (const { name, message, assertionResults } of testResults) {
      const failed = assertionResults.find(({ status }) => status === 'failed');
      if (failed !== undefined) return failed.fullName;
      if (message !== '') return `${name}: ${message}`;
    }
    return `${folder}: ends with ${ended.exitCode}`;
  }
  return undefined;
}
