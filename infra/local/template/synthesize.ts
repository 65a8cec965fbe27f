import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LocalLog } from '../log.ts';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Synthesizes the stage `dev` into a cloud assembly, as the cdk command does but without its start-up time.
 *
 * @throws Error if the app fails; its output is in the log.
 */
export async function synthesize(folder: string, log: LocalLog): Promise<void> {
  // A killed stack may have left a synthesis that still writes there.
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  const app = spawn(process.execPath, ['infra/app.ts'], {
    cwd: PROJECT,
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ stage: 'dev' }),
      CDK_DEFAULT_REGION: undefined,
      CDK_DEFAULT_ACCOUNT: undefined,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const input of [app.stdout, app.stderr])
    createInterface({ input }).on('line', (line) => log('synth', line));
  const kill = () => app.kill('SIGKILL');
  process.once('exit', kill);
  const ended = Promise.withResolvers<number | null>();
  app.on('error', ended.reject);
  app.on('close', ended.resolve);
  const status = await ended.promise;
  process.off('exit', kill);
  if (status !== 0) throw new Error(`the CDK app ended with status ${status}: see the log`);
}
