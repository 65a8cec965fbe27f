import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { SimulatorControl } from '../../../infra/local/ocrolus/control/control.ts';
import { openBookJournal, type Simulator, startSimulator } from '../../../infra/local/ocrolus/index.ts';
import { openStateFolder } from '../../../infra/local/state-folder.ts';
import { FIXTURE_ASSEMBLY, startFixtureStack } from './fixtures/stack.ts';

/** On a machine that may be busy. */
const PATIENCE = { timeout: 45_000, interval: 20 };
vi.setConfig({ testTimeout: 100_000 });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = async (assembly = FIXTURE_ASSEMBLY) =>
  startFixtureStack({ assembly, state: await openStateFolder(join(folder, 'state')) });

/** The fixture with a template that a later version of the project could have. */
async function changedAssembly(change: (template: string) => string): Promise<string> {
  const assembly = join(folder, 'assembly');
  await cp(FIXTURE_ASSEMBLY, assembly, { recursive: true });
  const edit = async (name: string, by: (text: string) => string) =>
    writeFile(join(assembly, name), by(await readFile(join(assembly, name), 'utf8')));
  await edit('fixture.template.json', change);
  // The functions stay where they find their modules.
  await edit('fixture.assets.json', (text) => text.replaceAll('asset.', `${FIXTURE_ASSEMBLY}/asset.`));
  return assembly;
}

const UNUSABLE = /^the state in \S+ cannot be used \(.+\): start with another --data, or delete this folder/;

test('items, messages and secrets are there after a restart', async () => {
  const first = await start();
  await first.send({ key: 'done' });
  await vi.waitFor(async () => expect(await first.attempts('done')).toHaveLength(1), PATIENCE);
  await vi.waitFor(async () => expect(await first.depth(first.queues.work?.url ?? '')).toBe(0), PATIENCE);
  const attempts = await first.attempts('done');
  first.setConsuming('work', false);
  await first.send({ key: 'waiting' });
  const { webhookSecret } = first;
  await first.stop();

  const second = await start();
  expect(second.webhookSecret).toBe(webhookSecret);
  expect(await second.attempts('done')).toEqual(attempts);
  await vi.waitFor(async () => expect(await second.attempts('waiting')).toHaveLength(1), PATIENCE);
  await second.stop();
});

test('a message that a function had when the stack ended is delivered again at once', async () => {
  const assembly = await changedAssembly((text) =>
    text.replace('"VisibilityTimeout": 1', '"VisibilityTimeout": 600'),
  );
  const first = await start(assembly);
  await first.send({ key: 'in-flight', first: 'hang' });
  await vi.waitFor(async () => expect(await first.attempts('in-flight')).toHaveLength(1), PATIENCE);
  await first.stop();

  const second = await start(assembly);
  await vi.waitFor(async () => expect(await second.attempts('in-flight')).toHaveLength(2), PATIENCE);
  // The first attempt still counts.
  expect((await second.attempts('in-flight')).map(({ attempt }) => attempt).sort()).toEqual(['1', '2']);
  await second.stop();
});

describe('a folder that does not fit', () => {
  const makeState = async () => {
    const stack = await start();
    await stack.stop();
  };

  it.each([
    ['version.json', '{"layout":0}', 'another version of the local stack wrote it'],
    ['secrets.json', '{', 'its secrets cannot be read'],
    ['table/CURRENT', 'x', 'its table cannot be read'],
    ['queues/fauxqs.db', 'neither SQLite nor anything else', 'its queues cannot be read'],
  ])('%s: is refused with what to do', async (file, text, reason) => {
    await makeState();
    await writeFile(join(folder, 'state', file), text);
    const refused = start();
    await expect(refused).rejects.toThrow(UNUSABLE);
    await expect(refused).rejects.toThrow(reason);
  });

  it('one with files of something else is refused', async () => {
    await writeFile(join(folder, 'precious.txt'), '');
    await expect(openStateFolder(folder)).rejects.toThrow(UNUSABLE);
    expect(await readdir(folder)).toEqual(['precious.txt']);
  });

  it('a table whose keys the template has changed is refused', async () => {
    await makeState();
    const assembly = await changedAssembly((text) => text.replaceAll('"dueShard"', '"shard"'));
    const refused = start(assembly);
    await expect(refused).rejects.toThrow(UNUSABLE);
    await expect(refused).rejects.toThrow('has other keys or indexes than the template');
  });
});

test('a queue whose attributes the template has changed is updated, and keeps its messages', async () => {
  const first = await start();
  first.setConsuming('work', false);
  await first.send({ key: 'kept' });
  await first.stop();

  const second = await start(
    await changedAssembly((text) => text.replace('"VisibilityTimeout": 1', '"VisibilityTimeout": 2')),
  );
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: second.endpoints.sqs, region: 'us-east-1', credentials });
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: second.queues.work?.url,
      AttributeNames: ['VisibilityTimeout'],
    }),
  );
  expect(Attributes).toEqual({ VisibilityTimeout: '2' });
  await vi.waitFor(async () => expect(await second.attempts('kept')).toHaveLength(1), PATIENCE);
  sqs.destroy();
  await second.stop();
});

/** Books as the control shows them, and every answer about them. */
function stateOf(simulator: Simulator): unknown {
  const answers = simulator.books.map(({ uuid }) => simulator.truth(uuid).results);
  return JSON.parse(JSON.stringify([new SimulatorControl(simulator).books, answers]));
}

test('every change of a simulated book is kept, and so is what Ocrolus answers about it', async () => {
  const file = join(folder, 'books.jsonl');
  let clock = Date.UTC(2026, 0, 5);
  const now = () => {
    clock += 60_000;
    return clock;
  };
  const open = () => startSimulator({ journal: openBookJournal(file), now });
  const first = await open();
  /** A second simulator, which reads the file, has the same books and gives the same answers. */
  const kept = async () => {
    const second = await open();
    expect(stateOf(second)).toEqual(stateOf(first));
    await second.close();
  };
  const book = first.addBook({
    documents: [
      { imageGroup: 'photos' },
      { imageGroup: 'photos', rejection: 'DOCUMENT IS UNREADABLE' },
      { mixed: 'all.pdf', kind: 'form' },
      { mixed: 'all.pdf', kind: 'pay-stub' },
    ],
  });
  await kept();
  const other = first.addBook({ pk: '9007199254740993', xid: 'loan', forbidden: true });
  await first.verifyBook(book.uuid, { deliver: false });
  first.requestAsyncAnalytics(book.uuid);
  await kept();
  await first.completeAnalytics(book.uuid);
  await first.calculateIncome(book.uuid);
  await first.flagSuspiciousActivity(book.uuid);
  await first.verifyBusiness(book.uuid, first.createBusiness(book.uuid).uuid);
  first.deleteDocument(book.documents[0]?.uuid ?? '', { listed: true });
  first.deleteBook(other.uuid);
  await expect(async () => first.completeBook(other.uuid)).rejects.toThrow('is deleted');
  await kept();
  await first.close();

  // The last line of a process that was killed.
  await appendFile(file, '{"at":1');
  const last = await open();
  expect(last.books.map(({ uuid }) => uuid)).toEqual([book.uuid, other.uuid]);
  // Documents of one mixed document still share it.
  last.addDocument(book.uuid, { mixed: 'all.pdf' });
  expect(new Set(last.books[0]?.documents.map(({ mixed }) => mixed)).size).toBe(2);
  expect(openBookJournal(file).entries.at(-1)?.command.do).toBe('add-document');
  await last.close();
});
