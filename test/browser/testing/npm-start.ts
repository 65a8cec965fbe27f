import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLocalStack, type StackFile } from '../../../infra/running-stacks/data-dir.ts';
import { run, START } from '../../infra/local/testing/process.ts';

/** `npm start` as a user runs it, in a folder of its own. */
export interface Started {
  readonly consoleUrl: string;
  readonly stack: StackFile;
  /** Resolves when the demonstration is complete. */
  readonly demonstrated: Promise<unknown>;
  /** Milliseconds that it took to end. */
  stop(): Promise<number>;
}

/** @param folder the default one, where the stack starts empty; without it, a new one, which is deleted at the end. */
export async function npmStart(folder?: string): Promise<Started> {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'console-')));
  const { child, ended, lineWith } = run(dataDir, START, folder === undefined ? ['--data', dataDir] : []);
  const demonstrated = lineWith('Complete: ');
  // A caller that waits gets the error; without one, the end of the process is no fault.
  demonstrated.catch(() => {});
  await lineWith('Watch it: ');
  const stack = await findLocalStack(dataDir);
  if (stack?.consoleUrl == null) throw new Error('no stack was found');
  return {
    consoleUrl: stack.consoleUrl,
    stack,
    demonstrated,
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
