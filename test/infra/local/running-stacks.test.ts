import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../../infra/command-line/commands.ts';
import { serveControl } from '../../../infra/local/control.ts';
import { claimDataDir, newToken } from '../../../infra/local/data-dir.ts';
import type { RunningServer } from '../../../infra/local/http.ts';
import { locateStack, registerStack, unregisterStack } from '../../../infra/local/running-stacks.ts';
import { run } from './testing/process.ts';
import { documentOf } from './testing/stack-document.ts';

let folder: string;
let server: RunningServer;
const token = newToken();
const runtimeDir = process.env.XDG_RUNTIME_DIR;
beforeAll(async () => {
  server = await serveControl(token, () => ({}));
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'running-stacks-'));
  process.env.XDG_RUNTIME_DIR = folder;
});
afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(async () => {
  if (runtimeDir === undefined) delete process.env.XDG_RUNTIME_DIR;
  else process.env.XDG_RUNTIME_DIR = runtimeDir;
  await server.stop();
});

/** As a stack does that is ready. */
async function pretendStack(name: string): Promise<string> {
  const dataDir = join(folder, name);
  const control = { url: server.url, token };
  await (await claimDataDir(dataDir, control)).announce(documentOf(control));
  await registerStack(dataDir);
  return dataDir;
}

test('the only running stack is found wherever its data is, until it ends', async () => {
  await expect(locateStack()).rejects.toThrow('no local stack runs: start one with "npm start"');
  const dataDir = await pretendStack('one');
  expect(await locateStack()).toMatchObject({ dataDir, stack: { pid: process.pid } });
  await unregisterStack(dataDir);
  await expect(locateStack()).rejects.toThrow('no local stack runs');
});

test('with several, each is named with how to choose it; --data chooses', async () => {
  const dataDirs = [await pretendStack('one'), await pretendStack('two words')];
  const error = await locateStack().catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(UsageError);
  for (const word of [dataDirs[0], `'${dataDirs[1]}'`]) {
    expect(String(error)).toContain(`--data ${word}  (pid ${process.pid})`);
  }
  expect(await locateStack(dataDirs[1])).toMatchObject({ dataDir: dataDirs[1] });
});

test('what an ended process or another program left there does not count, and is removed', async () => {
  const registry = join(folder, 'ocrolus-webhooks');
  await mkdir(registry);
  const ended = run(folder, 'test/infra/local/fixtures/exit.ts', []);
  await ended.ended;
  await writeFile(join(registry, 'ended.json'), JSON.stringify({ pid: ended.child.pid, dataDir: folder }));
  await writeFile(join(registry, 'broken.json'), '{');
  const dataDir = await pretendStack('one');
  expect(await locateStack()).toMatchObject({ dataDir });
  expect(await readdir(registry)).toHaveLength(1);
});

test('ops says which stack it uses where that is not the usual one, and asks where there are several', async () => {
  const dataDir = await pretendStack('one');
  const ops = async () => {
    const child = run(folder, 'infra/ops/ops.ts', ['logs', 'poller', '--json']);
    return { status: await child.ended, err: child.err.join('\n') };
  };
  expect((await ops()).err).toContain(`using the local stack in ${dataDir}`);
  await pretendStack('two');
  expect(await ops()).toEqual({ status: 2, err: expect.stringContaining('2 local stacks run; choose one:') });
});
