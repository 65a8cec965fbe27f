import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UsageError } from '../../../infra/command-line/commands.ts';
import type { RunningServer } from '../../../infra/running-stacks/loopback-server.ts';
import { locateStack, registerStack, unregisterStack } from '../../../infra/running-stacks/registry.ts';
import { useFolder } from '../../testing/folder.ts';
import { typed } from '../ops/testing/typed.ts';
import { announceStack } from './testing/announced-stack.ts';

const folder = useFolder();
const servers: RunningServer[] = [];
beforeEach(() => void vi.stubEnv('XDG_RUNTIME_DIR', folder()));
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** As a stack does that is ready. */
async function pretendStack(name: string): Promise<string> {
  const dataDir = join(folder(), name);
  servers.push(await announceStack(dataDir));
  await registerStack(dataDir);
  return dataDir;
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
  const registry = join(folder(), 'ocrolus-webhooks');
  await mkdir(registry);
  const { pid } = spawnSync('true');
  await writeFile(join(registry, 'ended.json'), JSON.stringify({ pid, dataDir: folder() }));
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
