import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findLocalStack, type StackFile } from '../../../infra/running-stacks/data-dir.ts';

const START = fileURLToPath(new URL('../../../infra/local/start.ts', import.meta.url));

/** `npm start` as a user runs it, in a folder of its own. */
export interface Started {
  readonly consoleUrl: string;
  readonly stack: StackFile;
  /** Resolves when the demonstration is complete. */
  readonly demonstrated: Promise<void>;
  /** Milliseconds that it took to end. */
  stop(): Promise<number>;
}

/** @param folder the default one, where the stack starts empty; without it, a new one, which is deleted at the end. */
export async function npmStart(folder?: string): Promise<Started> {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'console-')));
  const child = spawn(process.execPath, [START, ...(folder === undefined ? ['--data', dataDir] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // `ops` of the developer does not see it.
    env: { ...process.env, XDG_RUNTIME_DIR: dataDir },
  });
  const ready = Promise.withResolvers<void>();
  const demonstrated = Promise.withResolvers<void>();
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    if (line.startsWith('Watch it: ')) ready.resolve();
    if (line.startsWith('Complete: ')) demonstrated.resolve();
  });
  const ended = once(child, 'close').then(() => {
    const problem = new Error(`npm start has ended:\n${said.join('\n')}`);
    ready.reject(problem);
    demonstrated.reject(problem);
  });
  // A caller that waits gets the error; without one, the end of the process is no fault.
  demonstrated.promise.catch(() => {});
  await ready.promise;
  const stack = await findLocalStack(dataDir);
  if (stack?.consoleUrl == null) throw new Error('no stack was found');
  return {
    consoleUrl: stack.consoleUrl,
    stack,
    demonstrated: demonstrated.promise,
    async stop() {
      const stoppedAt = Date.now();
      child.kill('SIGINT');
      await ended;
      const ms = Date.now() - stoppedAt;
      if (folder === undefined) await rm(dataDir, { recursive: true, force: true });
      return ms;
    },
  };
}
