import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { synthesize } from '../../../infra/local/template/synthesize.ts';
import { queueDepth, total } from '../../../infra/ops/queues/state.ts';
import type { Target } from '../../../infra/ops/target/target.ts';
import { readSimulated, simulateBook } from '../../../infra/ops/trigger/simulated-book.ts';
import { readStoredBook } from '../../../infra/ops/trigger/waiting.ts';
import { ACCESS } from '../../../infra/running-stacks/access.ts';
import { ops } from '../ops/fake-target.ts';
import { type LocalProcess, START_TIMEOUT, startLocal } from './testing/process.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
const TIMEOUT = 2 * START_TIMEOUT;
/** Enough that the bodies of some results are in the bucket; few enough for one page of transactions. */
const ROWS = 400;

let assembly: string;
beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'restart-assembly-'));
  await synthesize(assembly, () => {});
}, START_TIMEOUT);
afterAll(() => rm(assembly, { recursive: true, force: true }));

let dataDir: string;
const started: LocalProcess[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'restart-'));
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGTERM');
    await ended;
  }
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<LocalProcess> {
  const local = await startLocal(dataDir, assembly);
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

const DeadLetters = z.tuple([z.object({ channel: z.literal('book-verified'), deliveryId: z.string() })]);

async function onlyDeadLetter(target: Target) {
  const [only] = DeadLetters.parse((await ops(target, 'dlq book-verified')).document);
  return only;
}

test('dead letters are there after a new start, and can be sent back', { timeout: TIMEOUT }, async () => {
  const first = await start();
  await pauseAll(first.target);
  const { sqs, queues } = first.target;
  const uuid = await simulateBook(first.target.simulate, {}, undefined);
  const { url = '', dlqUrl } = queues['book-verified'] ?? {};
  const message = await vi.waitFor(async () => {
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 1 }));
    const [one] = received.Messages ?? [];
    if (one === undefined) throw new Error('no message yet');
    return one;
  }, PATIENCE);
  await sqs.send(new SendMessageCommand({ QueueUrl: dlqUrl ?? '', MessageBody: message.Body }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
  // Listing receives it, and makes it visible again.
  const { deliveryId } = await onlyDeadLetter(first.target);
  await end(first, 'SIGTERM');

  const second = await start();
  expect(await onlyDeadLetter(second.target)).toMatchObject({ deliveryId });
  expect(await ops(second.target, 'redrive book-verified')).toMatchObject({
    document: { moved: 1, left: 0 },
  });
  await vi.waitFor(async () => {
    const { events } = await readStoredBook(second.target.reader, uuid);
    const outcome = events.find((event) => event.deliveryId === deliveryId)?.outcome ?? 'not processed';
    expect(['not processed', 'retrying']).not.toContain(outcome);
  }, PATIENCE);
});
