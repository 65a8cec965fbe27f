import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');

/** Seconds that `cdk synth` takes. @throws Error when it fails. */
export async function measureSynth(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'synth-'));
  try {
    const startedAt = performance.now();
    const cdk = join(PROJECT, 'node_modules/aws-cdk/bin/cdk');
    const child = spawn(process.execPath, [cdk, 'synth', '--quiet', '--output', folder], {
      cwd: PROJECT,
      stdio: 'ignore',
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`cdk synth ended with ${code}`);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Seconds until the local stack accepts deliveries. @throws Error when it ends before. */
export async function measureStart(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'start-'));
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [join(PROJECT, 'infra/local/start.ts'), 'local', '--json', '--port', '0', '--data', folder],
    { cwd: PROJECT, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, XDG_RUNTIME_DIR: folder } },
  );
  const ended = once(child, 'exit');
  try {
    const [line] = await Promise.race([once(child.stdout, 'data'), ended]);
    if (!Buffer.isBuffer(line)) throw new Error('the local stack did not start');
    return (performance.now() - startedAt) / 1000;
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  }
}
