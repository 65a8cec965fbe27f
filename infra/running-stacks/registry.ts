import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../command-line/commands.ts';
import { shellWord } from '../command-line/paths.ts';
import { DEFAULT_DATA_DIR, findLocalStack, readJson, type StackFile } from './data-dir.ts';

interface RunningStack {
  readonly dataDir: string;
  readonly stack: StackFile;
}

const Entry = z.object({ pid: z.int(), dataDir: z.string() });

/** Folder of this user with a file for each running stack, so that `ops` finds a stack wherever its data is. */
function registryFolder(): string {
  const { XDG_RUNTIME_DIR } = process.env;
  return XDG_RUNTIME_DIR
    ? join(XDG_RUNTIME_DIR, 'ocrolus-webhooks')
    : join(tmpdir(), `ocrolus-webhooks-${userInfo().username}`);
}

function entryOf(dataDir: string): string {
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  return join(registryFolder(), `${name}.json`);
}

/** Lists a stack as running. Failing to write is no reason to end, because `--data` finds the stack anyway. */
export async function registerStack(dataDir: string): Promise<void> {
  try {
    await mkdir(registryFolder(), { recursive: true, mode: 0o700 });
    await writeFile(entryOf(dataDir), JSON.stringify({ pid: process.pid, dataDir: resolve(dataDir) }), {
      mode: 0o600,
    });
  } catch {}
}

export async function unregisterStack(dataDir: string): Promise<void> {
  await rm(entryOf(dataDir), { force: true });
}

/**
 * Finds the stack of a folder, or the only running one.
 *
 * @throws Error if none runs; UsageError if several do.
 */
export async function locateStack(data?: string): Promise<RunningStack> {
  if (data !== undefined) {
    const stack = await findLocalStack(data);
    if (stack !== undefined) return { dataDir: data, stack };
    throw new Error(
      `no local stack runs in ${data}: start one with "npm run local -- --data ${shellWord(data)}"`,
    );
  }
  const running = await findRunningStacks();
  const [only, ...others] = running;
  if (only === undefined)
    throw new Error('no local stack runs: start one with "npm start" or "npm run local"');
  if (others.length === 0) return only;
  const list = running.map(({ dataDir, stack }) => `  --data ${shellWord(dataDir)}  (pid ${stack.pid})`);
  throw new UsageError(`${running.length} local stacks run; choose one:\n${list.join('\n')}`);
}

/** All running stacks of this user that are ready, the one in the default folder first. */
async function findRunningStacks(): Promise<RunningStack[]> {
  const dataDirs = new Set([DEFAULT_DATA_DIR, ...registered()]);
  const found = await Promise.all(
    [...dataDirs].map(async (dataDir) => ({ dataDir, stack: await findLocalStack(dataDir) })),
  );
  return found.flatMap(({ dataDir, stack }) => (stack === undefined ? [] : [{ dataDir, stack }]));
}

/** Folders in the registry. Removes entries of processes that have ended. */
function registered(): string[] {
  const folder = registryFolder();
  let names: string[];
  try {
    // In the shared folder for temporary files, another user could have made it.
    if (process.getuid !== undefined && lstatSync(folder).uid !== process.getuid()) return [];
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const entry = readJson(join(folder, name), Entry);
    if (entry !== undefined && isAlive(entry.pid)) return [entry.dataDir];
    rmSync(join(folder, name), { force: true });
    return [];
  });
}

/** True if a process runs. @param pid of this user: another user's counts as not running. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
