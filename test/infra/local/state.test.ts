import { cp, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { openStateFolder } from '../../../infra/local/state-folder.ts';
import { useFolder } from '../../testing/folder.ts';
import { copyAssembly, FIXTURE_ASSEMBLY, startFixtureStack } from './fixtures/stack.ts';

/** On a machine that may be busy. */
const PATIENCE = { timeout: 45_000, interval: 20 };
vi.setConfig({ testTimeout: 100_000 });

const folder = useFolder();

const start = async (assembly = FIXTURE_ASSEMBLY) =>
  startFixtureStack({ assembly, state: await openStateFolder(join(folder(), 'state')) });

/** The fixture with a template that a later version of the project could have. */
const changedAssembly = (change: (template: string) => string) =>
  copyAssembly(join(folder(), 'assembly'), change);

const UNUSABLE = /^the state in \S+ cannot be used \(.+\): start with another --data, or delete this folder/;

test('after a restart, what a function had is delivered again, with the attributes of the template', async () => {
  const changed = await changedAssembly((text) =>
    text.replace('"VisibilityTimeout": 1', '"VisibilityTimeout": 600'),
  );
  const first = await start(changed);
  await first.send({ key: 'in-flight', first: 'hang' });
  await vi.waitFor(async () => expect(await first.attempts('in-flight')).toHaveLength(1), PATIENCE);
  await first.stop();

  const second = await start();
  expect(await second.attributes(second.queues.work?.url)).toMatchObject({ VisibilityTimeout: '1' });
  // At once, and its first attempt still counts.
  await vi.waitFor(async () => {
    expect((await second.attempts('in-flight')).map(({ attempt }) => attempt).sort()).toEqual(['1', '2']);
  }, PATIENCE);
  await second.stop();
});

describe('a folder that does not fit', () => {
  /** The state of a stack that was started and stopped. */
  const made = useFolder(beforeAll);
  beforeAll(async () => {
    const stack = await startFixtureStack({ state: await openStateFolder(join(made(), 'state')) });
    await stack.stop();
  });
  beforeEach(() => cp(made(), folder(), { recursive: true }));

  it.each([
    ['version.json', '{"layout":0}', 'another version of the local stack wrote it'],
    ['secrets.json', '{', 'its secrets cannot be read'],
    ['table/CURRENT', 'x', 'its table cannot be read'],
    ['queues/fauxqs.db', 'neither SQLite nor anything else', 'its queues cannot be read'],
  ])('%s: is refused with what to do', async (file, text, reason) => {
    await writeFile(join(folder(), 'state', file), text);
    const refused = start();
    await expect(refused).rejects.toThrow(UNUSABLE);
    await expect(refused).rejects.toThrow(reason);
  });

  it('one with files of something else is refused', async () => {
    const precious = await mkdtemp(join(folder(), 'precious-'));
    await writeFile(join(precious, 'file.txt'), '');
    await expect(openStateFolder(precious)).rejects.toThrow(UNUSABLE);
    expect(await readdir(precious)).toEqual(['file.txt']);
  });

  it('a table whose keys the template has changed is refused', async () => {
    const assembly = await changedAssembly((text) => text.replaceAll('"dueShard"', '"shard"'));
    const refused = start(assembly);
    await expect(refused).rejects.toThrow(UNUSABLE);
    await expect(refused).rejects.toThrow('has other keys or indexes than the template');
  });
});
