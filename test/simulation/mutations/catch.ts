import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SeedReport } from '../command/seed-process.ts';
import type { Mutation } from './mutation.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What is copied of the project; what is installed is linked. */
const COPIED = [
  'functions',
  'infra',
  'shared',
  'test',
  'docs',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];

/** A copy of the project in a temporary folder, to be changed at will. */
export class ProjectCopy implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'mutations-'));

  constructor() {
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.root, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.root, 'node_modules'));
  }

  /** Changes the copy while `work` runs. @throws Error where the text is not there exactly once. */
  async with<Result>({ file, search, replace }: Mutation, work: () => Promise<Result>): Promise<Result> {
    const path = join(this.root, file);
    const text = readFileSync(path, 'utf8');
    const found = text.split(search).length - 1;
    if (found !== 1) throw new Error(`${file}: found ${found} times instead of once: ${search}`);
    writeFileSync(
      path,
      text.replace(search, () => replace),
    );
    try {
      return await work();
    } finally {
      writeFileSync(path, text);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

const run = promisify(execFile);

/** A mutation may make a test or the simulation run forever. */
const TIMEOUT_MS = 5 * 60_000;

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

async function node(copy: ProjectCopy, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const options = {
    cwd: copy.root,
    timeout: TIMEOUT_MS,
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, ...env },
  };
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
const CONFIG = 'test/simulation/mutations/vitest.config.ts';

/** @returns the first test that fails; `undefined`: none does. */
export async function catchByTests(copy: ProjectCopy, file: string): Promise<string | undefined> {
  const output = join(copy.root, 'vitest.json');
  rmSync(output, { force: true });
  const words = ['run', '--config', CONFIG, '--reporter=json', `--outputFile=${output}`];
  const ended = await node(copy, [VITEST, ...words], { MUTATED_FILE: file });
  if (ended.exitCode === 0) return undefined;
  // A test that runs forever.
  if (!existsSync(output)) return `the tests end with ${ended.exitCode}`;
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as {
    testResults: readonly TestFile[];
  };
  for (const { name, message, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed !== undefined) return `${relative(copy.root, name)}: ${failed.fullName}`;
    if (message !== '') return `${relative(copy.root, name)}: ${message}`;
  }
  return `the tests end with ${ended.exitCode}`;
}
