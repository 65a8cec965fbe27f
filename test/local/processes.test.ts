import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { findLocalStack, ReadyDocument } from '../../infra/local/data-dir.ts';
import { CHANNELS } from '../../shared/events/channels.ts';
import { FIXTURE_ASSEMBLY } from './fixtures/stack.ts';

/** The app is synthesized, on a machine that may be busy. */
const START_TIMEOUT = 90_000;

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'local-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

function run(script: string, args: readonly string[], environment: Record<string, string> = {}) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: dataDir, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: string[] = [];
  const err: string[] = [];
  const lines = createInterface({ input: child.stdout }).on('line', (line) => out.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => err.push(line));
  const ended = once(child, 'close').then(([status]) => Number(status));
  return {
    child,
    out,
    err,
    ended,
    firstLine: async () => {
      const early = ended.then((status) => Promise.reject(new Error(`ended: ${status} ${err.join('\n')}`)));
      const [line] = await Promise.race([once(lines, 'line'), early]);
      return String(line);
    },
  };
}

test('npm run local says once that it is ready, can be found, and ends with status 0', {
  timeout: START_TIMEOUT,
}, async () => {
  const secret = 'a-webhook-secret-of-our-own';
  const args = ['--json', '--data', dataDir];
  const local = run('../../infra/local/local.ts', args, { WEBHOOK_SECRET: secret });
  const document = ReadyDocument.strict().parse(JSON.parse(await local.firstLine()));
  expect(document).toMatchObject({ pid: local.child.pid, webhookSecret: secret });
  expect((await fetch(document.consoleUrl ?? '')).status).toBe(200);
  expect(Object.keys(document.sqs.queues)).toEqual([...CHANNELS]);
  expect(await findLocalStack(dataDir)).toMatchObject(document);

  const unsigned = await fetch(document.webhookUrl, { method: 'POST', body: '{"event":"BOOK_VERIFIED"}' });
  expect(unsigned.status).toBe(401);

  const { control } = (await findLocalStack(dataDir)) ?? {};
  const books = (token = '') => fetch(`${control?.url}/ocrolus/books`, { headers: { authorization: token } });
  expect((await books()).status).toBe(401);
  expect(await (await books(`Bearer ${control?.token}`)).json()).toEqual([]);

  const second = run('../../infra/local/local.ts', args);
  expect(await second.ended).toBe(1);
  expect(second.err.join('\n')).toContain(`a local stack is running in ${dataDir}`);

  const stoppedAt = Date.now();
  local.child.kill('SIGTERM');
  expect(await local.ended).toBe(0);
  expect(Date.now() - stoppedAt).toBeLessThan(5000);
  expect(local.out).toHaveLength(1);
  expect(local.err).toEqual([]);
  expect(await readdir(dataDir)).not.toContain('stack.json');
});

test('faults of the command line are told before anything is started', async () => {
  const local = run('../../infra/local/local.ts', ['--port', 'many', '--data', dataDir], {
    POLL_SECONDS: 'often',
  });
  expect(await local.ended).toBe(2);
  expect(local.err.join('\n')).toMatch(/port[\s\S]*POLL_SECONDS/);
});

test("a Lambda's process ends with the stack's, even when that is killed", {
  timeout: START_TIMEOUT,
}, async () => {
  const parent = run('fixtures/parent.ts', [dataDir, FIXTURE_ASSEMBLY]);
  const { pid } = z.object({ pid: z.int() }).parse(JSON.parse(await parent.firstLine()));
  expect(isAlive(pid)).toBe(true);
  parent.child.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000, interval: 20 });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
