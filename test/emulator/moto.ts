import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** What the emulator takes for an account and a region. */
export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'emulated', secretAccessKey: 'emulated' };

/**
 * Whether moto, an emulator of AWS's APIs, is on this machine (`pip install 'moto[server]'`). It is not among our
 * dependencies: tests that want it are skipped elsewhere.
 */
export function motoIsInstalled(): boolean {
  return spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;
}

export interface Moto {
  readonly endpoint: string;
  /** What every client of the AWS SDK needs to talk to it. */
  readonly client: { endpoint: string; region: string; credentials: typeof CREDENTIALS };
  /** Empties the account. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an emulator with nothing in it, on a free port of the loopback interface. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await listening(server);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    client: { endpoint, region: REGION, credentials: CREDENTIALS },
    async reset() {
      const { ok, status } = await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
      if (!ok) throw new Error(`moto_server cannot be emptied: ${status}`);
    },
    async stop() {
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    },
  };
}

/** It says so on standard error, and then writes a line for each request, which nobody reads. */
async function listening({ stderr }: ChildProcess): Promise<void> {
  if (stderr === null) throw new Error('moto_server has no standard error');
  for await (const line of createInterface({ input: stderr })) {
    if (line.includes('Running on')) {
      stderr.resume();
      return;
    }
  }
  throw new Error('moto_server ended before it listened');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
