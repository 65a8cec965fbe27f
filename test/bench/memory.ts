import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const START = join(import.meta.dirname, '../../infra/local/start.ts');

/** Execution environments without an event end after 15 seconds. */
const IDLE_MS = 30_000;

/**
 * Megabytes of the idle local stack after its demonstration: the proportional set size (PSS) of all its processes, which
 * counts a page that several share once.
 *
 * @returns `undefined` where the system does not say (only Linux does).
 * @throws Error when the demonstration fails.
 */
export async function measureMemory(): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'memory-'));
  const child = spawn(process.execPath, [START, '--data', folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, XDG_RUNTIME_DIR: folder },
  });
  const ended = once(child, 'exit');
  const demonstrated = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('Complete: ')) demonstrated.resolve();
  });
  try {
    const isDone = await Promise.race([demonstrated.promise.then(() => true), ended.then(() => false)]);
    if (!isDone || child.pid === undefined) throw new Error('the demonstration failed');
    await delay(IDLE_MS);
    return processTree(child.pid).reduce((sum, pid) => sum + pssOf(pid), 0) / 1024;
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  }
}

/** A process and all that it started, directly or not. */
function processTree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

/** Kibibytes. */
function pssOf(pid: number): number {
  const [, kibibytes] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Number(kibibytes ?? 0);
}
