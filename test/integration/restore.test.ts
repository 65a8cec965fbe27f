import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
  type TableDescription,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { queueDepth, total } from '../../infra/ops/queues/state.ts';
import { openLocalTarget } from '../../infra/ops/target/local.ts';
import type { Target } from '../../infra/ops/target/target.ts';
import { simulateBook } from '../../infra/ops/trigger/simulated-book.ts';
import { readStoredBook } from '../../infra/ops/trigger/waiting.ts';
import { ACCESS } from '../../infra/running-stacks/access.ts';
import { bodiesOf } from '../../shared/store/keys.ts';
import { type NightShift, startNightShift } from './testing/night-shift.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
const SOON = { maxWaitTime: 60, minDelay: 0.1, maxDelay: 0.2 };
/** Enough that the bodies of some results are in the bucket. */
const ROWS = 400;

/** Steps of docs/restore.md: those of AWS by its API, and the others by `ops`. */
describe('the rehearsal of docs/restore.md', () => {
  let night: NightShift;
  let target: Target;
  let client: DynamoDBClient;
  let TableName: string;
  beforeAll(async () => {
    night = await startNightShift();
    target = await openLocalTarget(night.dataDir);
    const { endpoint, table } = night.document.dynamodb;
    TableName = table;
    client = new DynamoDBClient({ ...ACCESS, endpoint });
  });
  afterAll(async () => {
    client?.destroy();
    await night?.end();
  });

  const isComplete = (uuid: string) =>
    vi.waitFor(async () => {
      await target.poll();
      expect(await readStoredBook(target.reader, uuid)).toMatchObject({ complete: true, missing: [] });
    }, PATIENCE);

  /** Makes a book, and waits until it is complete and no message is left. */
  async function completeBook(rows: number): Promise<string> {
    const uuid = await simulateBook(target.simulate, { rows }, undefined);
    await isComplete(uuid);
    await vi.waitFor(async () => {
      const depths = Object.values(target.queues).map(({ url }) => queueDepth(target.sqs, url));
      expect(Math.max(...(await Promise.all(depths)).map(total))).toBe(0);
    }, PATIENCE);
    return uuid;
  }

  /** Bodies by kind and subject. */
  async function storedBodies(uuid: string): Promise<Map<string, string>> {
    const results = await target.reader.results(uuid);
    const bodies = results.map(async ({ kind, subject }) => {
      const body = await target.reader.resultBody(uuid, kind, subject);
      return [`${kind} ${subject}`, String(body)] as const;
    });
    return new Map(await Promise.all(bodies));
  }

  /** Everything in the table, in the form of an export. */
  async function exportTable(): Promise<Record<string, AttributeValue>[]> {
    const items = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) items.push(...Items);
    return items;
  }

  test('a lost table is restored from an export, and a backfill brings what came later', async () => {
    const early = await completeBook(2);
    const bodies = await storedBodies(early);
    const exported = await exportTable();
    const late = await completeBook(2);

    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
    await client.send(new DeleteTableCommand({ TableName }));
    await waitUntilTableNotExists({ client, ...SOON }, { TableName });
    await client.send(
      new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', ...definitionOf(Table) }),
    );
    await waitUntilTableExists({ client, ...SOON }, { TableName });
    expect(await storedBodies(early)).toEqual(new Map());
    for (const Item of exported) await client.send(new PutItemCommand({ TableName, Item }));
    expect(await readStoredBook(target.reader, early)).toMatchObject({ complete: true, missing: [] });
    expect(await storedBodies(early)).toEqual(bodies);
    expect(await target.reader.book(late)).toBeUndefined();

    const said = await night.ops('backfill --from 1d --yes');
    expect(said.isProblem, said.text).toBe(false);
    await isComplete(late);
  }, 180_000);

  test('a lost bucket is filled again from Ocrolus', async () => {
    const uuid = await completeBook(ROWS);
    const bodies = await storedBodies(uuid);
    expect(await target.bodies.removeAll(bodiesOf(uuid))).toBeGreaterThan(0);
    await expect(storedBodies(uuid)).rejects.toThrow();

    const items = await exportTable();
    const affected = new Set(items.filter(({ s3 }) => s3 !== undefined).map(({ bookId }) => bookId?.S));
    expect([...affected]).toEqual([uuid]);
    for (const { bookId, item } of items) {
      if (bookId?.S !== uuid || item?.S === undefined || item.S.startsWith('EVENT#')) continue;
      await client.send(new DeleteItemCommand({ TableName, Key: { bookId, item } }));
    }
    for (const words of [`replay --from 1d --book ${uuid} --yes`, 'backfill --from 1d --yes']) {
      const said = await night.ops(words);
      expect(said.isProblem, said.text).toBe(false);
    }
    await isComplete(uuid);
    // A complete book may still lack what only the replayed deliveries announce.
    await expect.poll(() => storedBodies(uuid), { timeout: 60_000 }).toEqual(bodies);
  }, 180_000);
});

/** What a new table needs to have the keys and indexes of another. */
function definitionOf({ AttributeDefinitions, KeySchema, GlobalSecondaryIndexes = [] }: TableDescription) {
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
    ...{ IndexName, KeySchema, Projection },
  }));
  return { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes: indexes };
}
