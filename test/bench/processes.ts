import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const PROJECT = join(import.meta.dirname, '../..');
const START = join(PROJECT, 'infra/local/start.ts');
/** Execution environments without an event end after 15 seconds. */
const IDLE_MS = 30_000;

/** Seconds that `cdk synth` takes. @throws Error when it fails. */
export async function measureSynth(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'synth-'));
  try {
    const startedAt = performance.now();
    const args = [join(PROJECT, 'node_modules/aws-cdk/bin/cdk'), 'synth', '--quiet', '--output', folder];
    const [code] = await once(spawn(process.execPath, args, { cwd: PROJECT, stdio: 'ignore' }), 'exit');
    if (code !== 0) throw new Error(`cdk synth ended with ${code}`);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Seconds until the local stack accepts deliveries. */
export async function measureStart(): Promise<number> {
  const startedAt = performance.now();
  return withLocalStack(
    ['local', '--json', '--port', '0'],
    () => true,
    async () => (performance.now() - startedAt) / 1000,
  );
}

/**
 * Megabytes of the idle local stack after its demonstration: the proportional set size (PSS) of all its processes, which
 * counts a page that several share once. Only Linux has it.
 */
export function measureMemory(): Promise<number> {
  const isDone = (line: string) => line.startsWith('Complete: ');
  return withLocalStack([], isDone, async (pid) => {
    await delay(IDLE_MS);
    let kibibytes = 0;
    for (const one of await processTree(pid)) {
      const [, pss] = /^Pss:\s+(\d+) kB$/m.exec(await readFile(`/proc/${one}/smaps_rollup`, 'utf8')) ?? [];
      kibibytes += Number(pss ?? 0);
    }
    return kibibytes / 1024;
  });
}

/** A process and all that it started, directly or not. */
async function processTree(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8')),
  );
  const children = texts.flatMap((text) => text.split(' ').filter(Boolean).map(Number));
  return [pid, ...(await Promise.all(children.map(processTree))).flat()];
}

/**
 * Starts the local stack in a folder of its own, and stops it after the work.
 *
 * @param isReady true of the line that says so.
 * @param work gets the id of the process.
 * @throws Error when the stack ends before.
 */
async function withLocalStack<Result>(
  args: readonly string[],
  isReady: (line: string) => boolean,
  work: (pid: number) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const child = spawn(process.execPath, [START, ...args, '--data', folder], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, XDG_RUNTIME_DIR: folder },
  });
  const ended = once(child, 'exit');
  const ready = Promise.withResolvers<boolean>();
  createInterface({ input: child.stdout }).on('line', (line) => isReady(line) && ready.resolve(true));
  try {
    const isStarted = await Promise.race([ready.promise, ended.then(() => false)]);
    if (!isStarted || child.pid === undefined) throw new Error('the local stack did not start');
    return await work(child.pid);
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
