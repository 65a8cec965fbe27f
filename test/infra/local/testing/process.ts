import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openLocalTarget } from '../../../../infra/ops/target/local.ts';
import type { Target } from '../../../../infra/ops/target/target.ts';
import { ReadyDocument } from '../../../../infra/running-stacks/data-dir.ts';

/** The app is synthesized, on a machine that may be busy. */
export const START_TIMEOUT = 90_000;

export const START = 'infra/local/start.ts';

export interface RunningProcess {
  readonly child: ChildProcess;
  /** Lines of standard output and of standard error. */
  readonly out: readonly string[];
  readonly err: readonly string[];
  /** Its exit status; 0 when a signal ended it. */
  readonly ended: Promise<number>;
  /** @throws Error when it ends before. */
  firstLine(): Promise<string>;
  /** Resolves with the first line that starts so. @throws Error when it ends before. */
  lineWith(start: string): Promise<string>;
}

/**
 * Runs a script of the project as a user would.
 *
 * @param folder its home; stacks in it do not see those of the developer.
 */
export function run(
  folder: string,
  script: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): RunningProcess {
  const path = fileURLToPath(new URL(`../../../../${script}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: folder, XDG_RUNTIME_DIR: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: string[] = [];
  const err: string[] = [];
  const lines = createInterface({ input: child.stdout }).on('line', (line) => out.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => err.push(line));
  const ended = once(child, 'close').then(([status]) => Number(status));
  const lineWith = async (start: string) => {
    const isOver = ended.then((status) =>
      Promise.reject(new Error(`ended: ${status} ${[...out, ...err].join('\n')}`)),
    );
    // It is no fault that the process ends later.
    isOver.catch(() => {});
    for (;;) {
      const found = out.find((line) => line.startsWith(start));
      if (found !== undefined) return found;
      await Promise.race([once(lines, 'line'), isOver]);
    }
  };
  return { child, out, err, ended, lineWith, firstLine: () => lineWith('') };
}

/** `npm run local`. */
export function runLocal(
  folder: string,
  args: readonly string[],
  environment?: Record<string, string>,
): RunningProcess {
  return run(folder, START, ['local', ...args], environment);
}

/** A local stack of its own process, and the operator's view of it. */
export interface LocalProcess extends RunningProcess {
  readonly ready: ReadyDocument;
  readonly target: Target;
}

/** @param assembly to run, so that it need not be synthesized at each start. */
export async function startLocal(dataDir: string, assembly: string): Promise<LocalProcess> {
  const local = run(dataDir, 'test/infra/local/fixtures/launch.ts', [assembly, '--json', '--data', dataDir]);
  const ready = ReadyDocument.strict().parse(JSON.parse(await local.firstLine()));
  return { ...local, ready, target: await openLocalTarget(dataDir) };
}
