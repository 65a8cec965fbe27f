import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SimulateArguments } from '../command/arguments.ts';
import { runSeed, verdictOf } from '../command/seeds.ts';
import type { Mutation } from './mutation.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What is copied of the project; what is installed is linked. */
const COPIED = ['functions', 'infra', 'shared', 'test', 'docs', 'package.json', 'tsconfig.json'];

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

/** A mutation may make a test or the simulation run forever. */
const TIMEOUT_MS = 5 * 60_000;

/** @returns the first seed that finds something wrong, and what; `undefined`: none does. */
export async function catchBySeed(
  { root }: ProjectCopy,
  seeds: readonly number[],
  world: SimulateArguments['world'],
): Promise<string | undefined> {
  for (const seed of seeds) {
    const verdict = verdictOf(await runSeed(seed, world, root, TIMEOUT_MS));
    if (verdict !== undefined) return `seed ${seed}: ${verdict.slice(0, 200)}`;
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
export async function catchByTests({ root }: ProjectCopy, file: string): Promise<string | undefined> {
  const output = join(root, 'vitest.json');
  rmSync(output, { force: true });
  const words = [VITEST, 'run', '--config', CONFIG, '--reporter=json', `--outputFile=${output}`];
  const env = { ...process.env, MUTATED_FILE: file };
  const child = spawn(process.execPath, words, { cwd: root, env, stdio: 'ignore', timeout: TIMEOUT_MS });
  const [code, signal] = await once(child, 'close');
  if (code === 0) return undefined;
  // A test that runs forever.
  if (!existsSync(output)) return `the tests end with ${signal ?? code}`;
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as { testResults: readonly TestFile[] };
  for (const { name, message, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed')?.fullName ?? message;
    if (failed !== '') return `${relative(root, name)}: ${failed}`;
  }
  return `the tests end with ${code}`;
}
