import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkFolderAndPort, claimDataDir } from '../../../infra/local/claim.ts';
import { serveControl } from '../../../infra/local/control.ts';
import { findLocalStack } from '../../../infra/running-stacks/data-dir.ts';
import { newToken, type RunningServer } from '../../../infra/running-stacks/loopback-server.ts';
import { useFolder } from '../../testing/folder.ts';
import { announceStack } from '../running-stacks/testing/announced-stack.ts';

const folder = useFolder();
let dataDir: string;
let server: RunningServer;
const token = newToken();
beforeEach(async () => {
  dataDir = join(folder(), 'data');
  server = await serveControl(token, () => ({}));
});
afterEach(() => server.stop());

test('what a dead stack left does not count', async () => {
  await (await announceStack(dataDir)).stop();
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

test('a folder in which nothing can be written is refused at once, with the option to change', async () => {
  await writeFile(join(folder(), 'file'), '');
  for (const unwritable of ['/proc/x', '/proc/x/y', join(folder(), 'file', 'x')]) {
    const checked = checkFolderAndPort(unwritable, 0);
    await expect(checked).rejects.toThrow(/^cannot write in .*: name another folder with --data$/);
    await expect(claimDataDir(unwritable, { url: server.url, token })).rejects.toThrow('cannot write in');
  }
});

test('a port that is taken is refused at once, with the option to change', async () => {
  const port = Number(new URL(server.url).port);
  const checked = checkFolderAndPort(dataDir, port);
  await expect(checked).rejects.toThrow(
    `port ${port} is not free: name another one with --port, or 0 for any`,
  );
});
