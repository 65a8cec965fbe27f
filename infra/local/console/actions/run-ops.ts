import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const OPS = fileURLToPath(new URL('../../../ops/ops.ts', import.meta.url));

/** Long enough to send thousands of messages. */
const TIMEOUT_MS = 120_000;

/**
 * Runs a command of `ops` on the stack of a data folder, so that an action of the console does what its command does.
 *
 * @returns the document that it prints.
 * @throws Error with its error message.
 */
export async function runOps(words: readonly string[], dataDir: string): Promise<unknown> {
  const args = [OPS, ...words, '--data', dataDir, '--json'];
  const done = Promise.withResolvers<string>();
  execFile(process.execPath, args, { timeout: TIMEOUT_MS, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
    if (error === null) done.resolve(stdout);
    else done.reject(new Error(stderr.trim() || error.message));
  });
  return JSON.parse(await done.promise) as unknown;
}
