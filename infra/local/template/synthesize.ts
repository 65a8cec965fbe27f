import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { projectFolder } from '../../running-stacks/data-dir.ts';
import type { LocalLog } from '../log.ts';

const CdkJson = z.object({ app: z.string(), context: z.record(z.string(), z.unknown()).default({}) });

/**
 * Synthesizes the CDK app of the working directory, with the stage `dev`, into a cloud assembly: as the cdk command does, but
 * without its start-up time.
 *
 * @throws Error if there is no app or it fails; its output is in the log.
 */
export async function synthesize(folder: string, log: LocalLog): Promise<void> {
  const project = projectFolder();
  const text = await readFile(join(project, 'cdk.json'), 'utf8').catch(() => {
    throw new Error(`there is no CDK app in ${project}: it has no cdk.json`);
  });
  const { app: command, context } = CdkJson.parse(JSON.parse(text));
  // A killed stack may have left a synthesis that still writes there.
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  const app = spawn(command, {
    shell: true,
    cwd: project,
    env: {
      ...process.env,
      // The app runs on the Node.js of this process.
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, stage: 'dev' }),
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
