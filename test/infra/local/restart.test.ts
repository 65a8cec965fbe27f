import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { synthesize } from '../../../infra/local/template/synthesize.ts';
import { queueDepth, total } from '../../../infra/ops/queues/state.ts';
import type { Target } from '../../../infra/ops/target/target.ts';
import { readSimulated, simulateBook } from '../../../infra/ops/trigger/simulated-book.ts';
import { readStoredBook } from '../../../infra/ops/trigger/waiting.ts';
import { ACCESS } from '../../../infra/running-stacks/access.ts';
import { useFolder } from '../../testing/folder.ts';
import { type LocalProcess, START_TIMEOUT, startLocal } from './testing/process.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
const TIMEOUT = 2 * START_TIMEOUT;
/** Enough that the bodies of some results are in the bucket; few enough for one page of transactions. */
const ROWS = 400;

const assembly = useFolder(beforeAll);
beforeAll(() => synthesize(assembly(), () => {}), START_TIMEOUT);

const dataDir = useFolder();
const started: LocalProcess[] = [];
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGTERM');
    await ended;
  }
});

async function start(): Promise<LocalProcess> {
  const local = await startLocal(dataDir(), assembly());
  started.push(local);
  return local;
}

async function end({ child, ended }: LocalProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await ended;
}

const pauseAll = ({ queues, setConsuming }: Target) =>
  Promise.all(Object.keys(queues).map((channel) => setConsuming(channel, false)));

async function queued({ sqs, queues }: Target): Promise<number> {
  const depths = await Promise.all(Object.values(queues).map(({ url }) => queueDepth(sqs, url)));
  return depths.reduce((sum, depth) => sum + total(depth), 0);
}

const isComplete = ({ reader }: Target, uuid: string) =>
  vi.waitFor(async () => {
    const { complete, missing, events } = await readStoredBook(reader, uuid);
    const retrying = events.filter(({ outcome }) => outcome === 'retrying');
    expect({ complete, missing, retrying }).toEqual({
      complete: true,
      missing: [],
      retrying: [],
    });
  }, PATIENCE);

async function bodiesOf({ reader }: Target, uuid: string) {
  const results = await reader.results(uuid);
  const bodies = results.map(async ({ kind, subject }) => reader.resultBody(uuid, kind, subject));
  return Promise.all(bodies);
}

async function objectsOf({ ready: { s3 } }: LocalProcess): Promise<number> {
  const client = new S3Client({ ...ACCESS, endpoint: s3.endpoint, forcePathStyle: true });
  const { KeyCount = 0 } = await client.send(new ListObjectsV2Command({ Bucket: s3.bucket }));
  client.destroy();
  return KeyCount;
}

test('everything arrives after the stack was killed and started again', { timeout: TIMEOUT }, async () => {
  const first = await start();
  const stored = await simulateBook(first.target.simulate, { rows: ROWS }, undefined);
  await isComplete(first.target, stored);
  // A result is stored before its delivery is finished.
  await vi.waitFor(async () => expect(await queued(first.target)).toBe(0), PATIENCE);
  const [bodies, objects] = [await bodiesOf(first.target, stored), await objectsOf(first)];
  expect(objects).toBeGreaterThan(0);

  await pauseAll(first.target);
  expect(await first.target.pausedChannels()).toEqual(Object.keys(first.target.queues));
  const waiting = await simulateBook(first.target.simulate, { documents: 2 }, undefined);
  // A restart ends the simulated life of a book: nothing would announce or complete the rest.
  await vi.waitFor(async () => {
    expect(await readSimulated(first.target.simulate, waiting)).toMatchObject({ next: null });
    expect(await queued(first.target)).toBeGreaterThan(3);
  }, PATIENCE);
  await end(first, 'SIGKILL');

  const second = await start();
  expect(second.ready.webhookSecret).toBe(first.ready.webhookSecret);
  expect(await bodiesOf(second.target, stored)).toEqual(bodies);
  expect(await objectsOf(second)).toBe(objects);
  await isComplete(second.target, waiting);

  // The simulated Ocrolus still has both, so the poller finds nothing to change.
  await second.target.simulate('GET', `/books/${stored}`);
  await second.target.poll();
  expect(await readStoredBook(second.target.reader, stored)).toMatchObject({ complete: true, missing: [] });
});
