import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UsageError } from '../../../infra/command-line/commands.ts';
import { serveControl } from '../../../infra/local/control.ts';
import { checkFolderAndPort, claimDataDir, findLocalStack, newToken } from '../../../infra/local/data-dir.ts';
import type { RunningServer } from '../../../infra/local/http.ts';
import { locateStack, registerStack, unregisterStack } from '../../../infra/local/running-stacks.ts';
import { typed } from '../ops/testing/typed.ts';
import { documentOf } from './testing/stack-document.ts';

let folder: string;
let dataDir: string;
let server: RunningServer;
const token = newToken();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'data-dir-'));
  vi.stubEnv('XDG_RUNTIME_DIR', folder);
  dataDir = join(folder, 'data');
  server = await serveControl(token, () => ({}));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a running stack is found once it is announced, and not after it is released', async () => {
  const control = { url: server.url, token };
  const claim = await claimDataDir(dataDir, control);
  expect(await findLocalStack(dataDir)).toBeUndefined();
  await claim.announce(documentOf(control));
  expect(await findLocalStack(dataDir)).toEqual(documentOf(control));
  await claim.release();
  expect(await findLocalStack(dataDir)).toBeUndefined();
});

test('a second stack in the same folder is refused while the first one runs', async () => {
  await claimDataDir(dataDir, { url: server.url, token });
  await expect(claimDataDir(dataDir, { url: server.url, token })).rejects.toThrow('a local stack is running');
});

test('what a dead stack left does not count', async () => {
  const dead = await serveControl(token, () => ({}));
  const control = { url: dead.url, token };
  const claim = await claimDataDir(dataDir, control);
  await claim.announce(documentOf(control));
  await dead.stop();
  expect(await findLocalStack(dataDir)).toBeUndefined();
  await claimDataDir(dataDir, { url: server.url, token });
  expect(await readFile(join(dataDir, 'claim.json'), 'utf8')).toContain(server.url);
});

test('another process at the same address does not count: it has another token', async () => {
  await claimDataDir(dataDir, { url: server.url, token: 'of a stack that is gone' });
  await expect(claimDataDir(dataDir, { url: server.url, token })).resolves.toBeDefined();
});

test('a broken claim does not count', async () => {
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'claim.json'), '{');
  await expect(claimDataDir(dataDir, { url: server.url, token })).resolves.toBeDefined();
});

test('the control endpoint asks for its token', async () => {
  expect((await fetch(server.url)).status).toBe(401);
  const headers = { Authorization: `Bearer ${token}` };
  expect((await fetch(server.url, { headers })).status).toBe(200);
  expect((await fetch(`${server.url}/secrets`, { headers })).status).toBe(503);
});

test('a folder in which nothing can be written is refused at once, with the option to change', async () => {
  await writeFile(join(folder, 'file'), '');
  for (const unwritable of ['/proc/x', '/proc/x/y', join(folder, 'file', 'x')]) {
    const checked = checkFolderAndPort({ dataDir: unwritable, port: 0 });
    await expect(checked).rejects.toThrow(/^cannot write in .*: name another folder with --data$/);
    await expect(claimDataDir(unwritable, { url: server.url, token })).rejects.toThrow('cannot write in');
  }
});

test('a port that is taken is refused at once, with the option to change', async () => {
  const port = Number(new URL(server.url).port);
  const checked = checkFolderAndPort({ dataDir, port });
  await expect(checked).rejects.toThrow(
    `port ${port} is not free: name another one with --port, or 0 for any`,
  );
});

describe('the stacks that run', () => {
  /** As a stack does that is ready. */
  async function pretendStack(name: string): Promise<string> {
    const named = join(folder, name);
    const control = { url: server.url, token };
    await (await claimDataDir(named, control)).announce(documentOf(control));
    await registerStack(named);
    return named;
  }

  test('the only running stack is found wherever its data is, until it ends', async () => {
    await expect(locateStack()).rejects.toThrow('no local stack runs: start one with "npm start"');
    const one = await pretendStack('one');
    expect(await locateStack()).toMatchObject({ dataDir: one, stack: { pid: process.pid } });
    await unregisterStack(one);
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
    const { pid } = spawnSync('true');
    await writeFile(join(registry, 'ended.json'), JSON.stringify({ pid, dataDir: folder }));
    await writeFile(join(registry, 'broken.json'), '{');
    const one = await pretendStack('one');
    expect(await locateStack()).toMatchObject({ dataDir: one });
    expect(await readdir(registry)).toHaveLength(1);
  });

  test('ops says which stack it uses where that is not the usual one, and asks where there are several', async () => {
    const one = await pretendStack('one');
    const call = ['logs', 'poller', '--json'];
    expect((await typed(...call)).stderr).toContain(`using the local stack in ${one}`);
    await pretendStack('two');
    const stderr = expect.stringContaining('2 local stacks run; choose one:');
    expect(await typed(...call)).toMatchObject({ status: 2, stderr });
  });
});
