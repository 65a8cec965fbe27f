import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttributeValue,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { synthesize } from '../../../infra/local/template/synthesize.ts';
import { queueDepth, total } from '../../../infra/ops/queues/state.ts';
import type { Target } from '../../../infra/ops/target/target.ts';
import { simulateBook } from '../../../infra/ops/trigger/simulated-book.ts';
import { readStoredBook } from '../../../infra/ops/trigger/waiting.ts';
import { bodiesOf as prefixOf } from '../../../shared/store/keys.ts';
import { ops } from '../ops/fake-target.ts';
import { type LocalProcess, START_TIMEOUT, startLocal } from './testing/process.ts';

/** Rehearses docs/restore.md with a local stack: AWS's own steps are made by its API, the others by `ops`. */
const PATIENCE = { timeout: 60_000, interval: 100 };
const TIMEOUT = 2 * START_TIMEOUT;
/** Enough that the bodies of some results are in the bucket. */
const ROWS = 400;
const ACCESS = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

let assembly: string;
let dataDir: string;
const started: LocalProcess[] = [];
beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'restore-assembly-'));
  await synthesize(assembly, 'dev', () => {});
}, START_TIMEOUT);
afterAll(() => rm(assembly, { recursive: true, force: true }));
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'restore-'));
});
afterEach(async () => {
  for (const local of started.splice(0)) await end(local);
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<LocalProcess> {
  const local = await startLocal(dataDir, assembly);
  started.push(local);
  return local;
}

async function end({ child, ended }: LocalProcess): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}

/** Makes a book, and waits until it is complete and no message is left. */
async function completeBook(target: Target, rows: number): Promise<string> {
  const uuid = await simulateBook(target.simulate, { rows }, undefined);
  await isComplete(target, uuid);
  await vi.waitFor(async () => {
    const depths = Object.values(target.queues).map(({ url }) => queueDepth(target.sqs, url));
    const waiting = (await Promise.all(depths)).map(total);
    expect(Math.max(...waiting)).toBe(0);
  }, PATIENCE);
  return uuid;
}

const isComplete = ({ reader }: Target, uuid: string) =>
  vi.waitFor(async () => {
    expect(await readStoredBook(reader, uuid)).toMatchObject({ complete: true, missing: [] });
  }, PATIENCE);

/** Bodies by kind and subject. */
async function bodiesOf({ reader }: Target, uuid: string): Promise<Map<string, string>> {
  const results = await reader.results(uuid);
  const bodies = results.map(async ({ kind, subject }) => {
    const body = await reader.resultBody(uuid, kind, subject);
    return [`${kind} ${subject}`, String(body)] as const;
  });
  return new Map(await Promise.all(bodies));
}

type RawItem = Record<string, AttributeValue>;

/** Everything in the table, in the form of an export. */
async function exportOf(client: DynamoDBClient, TableName: string): Promise<RawItem[]> {
  const items: RawItem[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) items.push(...Items);
  return items;
}

test('a lost table is restored from an export, and a backfill brings what came later', {
  timeout: TIMEOUT,
}, async () => {
  const before = await start();
  const early = await completeBook(before.target, 2);
  const { endpoint, table } = before.ready.dynamodb;
  let client = new DynamoDBClient({ ...ACCESS, endpoint });
  const exported = await exportOf(client, table);
  const bodies = await bodiesOf(before.target, early);
  const late = await completeBook(before.target, 2);

  await client.send(new DeleteTableCommand({ TableName: table }));
  await waitUntilTableNotExists(
    { client, maxWaitTime: 60, minDelay: 0.1, maxDelay: 1 },
    { TableName: table },
  );
  client.destroy();
  await end(before);

  const after = await start();
  client = new DynamoDBClient({ ...ACCESS, endpoint: after.ready.dynamodb.endpoint });
  expect(await bodiesOf(after.target, early)).toEqual(new Map());
  for (const Item of exported) await client.send(new PutItemCommand({ TableName: table, Item }));
  client.destroy();
  await isComplete(after.target, early);
  expect(await bodiesOf(after.target, early)).toEqual(bodies);

  expect((await ops(after.target, 'backfill --from 1d')).document).toMatchObject({ unknown: 1 });
  await after.target.poll();
  await isComplete(after.target, late);
});

test('a lost bucket is filled again from Ocrolus', { timeout: TIMEOUT }, async () => {
  const { target, ready } = await start();
  const uuid = await completeBook(target, ROWS);
  const other = await completeBook(target, 2);
  const bodies = await bodiesOf(target, uuid);
  expect(await target.bodies.removeAll(prefixOf(uuid))).toBeGreaterThan(0);
  await expect(bodiesOf(target, uuid)).rejects.toThrow();

  const TableName = ready.dynamodb.table;
  const client = new DynamoDBClient({ ...ACCESS, endpoint: ready.dynamodb.endpoint });
  const items = await exportOf(client, TableName);
  const affected = new Set(items.filter(({ s3 }) => s3 !== undefined).map(({ bookId }) => bookId?.S));
  expect([...affected]).toEqual([uuid]);
  for (const { bookId, item } of items) {
    if (bookId?.S !== uuid || item?.S === undefined || item.S.startsWith('EVENT#')) continue;
    await client.send(new DeleteItemCommand({ TableName, Key: { bookId, item } }));
  }
  client.destroy();

  await ops(target, `replay --from 1d --book ${uuid}`);
  await ops(target, 'backfill --from 1d');
  await isComplete(target, uuid);
  expect(await bodiesOf(target, uuid)).toEqual(bodies);
  await isComplete(target, other);
});
