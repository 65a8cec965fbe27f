import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { REGION } from '../template/identities.ts';
import type { Topology } from '../template/topology.ts';

export interface TablesBackend {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts DynamoDB.
 *
 * @param endpoint of another DynamoDB to use instead, e.g. `http://127.0.0.1:8000` for DynamoDB Local.
 * @param folder keeps the tables; without it they are in memory.
 * @throws Error if the folder cannot be read.
 */
export async function startTables(endpoint: string | undefined, folder?: string): Promise<TablesBackend> {
  if (endpoint !== undefined) return { endpoint, stop: async () => {} };
  const worker = new Worker(new URL('./tables.worker.ts', import.meta.url), {
    execArgv: [],
    workerData: folder,
  });
  const [port]: unknown[] = await once(worker, 'message');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      await worker.terminate();
    },
  };
}

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const Index = z.object({
  IndexName: z.string(),
  KeySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

/** Properties of a table. Streams, expiry, backups and encryption have no counterpart here. */
const Table = z.object({
  KeySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: z.array(Index).optional(),
});

/** Seconds. The emulator takes milliseconds; the waiter's default delays are meant for AWS. */
const SOON = { maxWaitTime: 60, minDelay: 0.02, maxDelay: 0.2 };

/** A table exists with other keys or indexes than those of the template. */
export class TableMismatch extends Error {
  override readonly name = 'TableMismatch';
}

/**
 * Creates every table of the template. Resolves when they can be used.
 *
 * @throws TableMismatch
 */
export async function createTables(topology: Topology, endpoint: string): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    for (const id of topology.idsOf('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')) {
      const table = topology.properties(id, Table);
      const indexes = (list: typeof table.GlobalSecondaryIndexes) =>
        list?.map(({ Projection: { ProjectionType, NonKeyAttributes }, ...index }) => ({
          ...index,
          Projection: { ProjectionType, ...(NonKeyAttributes !== undefined && { NonKeyAttributes }) },
        }));
      const input: CreateTableCommandInput = {
        TableName: topology.identity(id).name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: table.KeySchema,
        AttributeDefinitions: table.AttributeDefinitions,
        GlobalSecondaryIndexes: indexes(table.GlobalSecondaryIndexes),
        LocalSecondaryIndexes: indexes(table.LocalSecondaryIndexes),
      };
      await client.send(new CreateTableCommand(input)).catch(async (error: unknown) => {
        if (!(error instanceof ResourceInUseException)) throw error;
        await requireSameKeys(client, input);
      });
      await waitUntilTableExists({ client, ...SOON }, { TableName: input.TableName });
    }
  } finally {
    client.destroy();
  }
}

async function requireSameKeys(client: DynamoDBClient, wanted: CreateTableCommandInput): Promise<void> {
  const { Table: found } = await client.send(new DescribeTableCommand({ TableName: wanted.TableName }));
  if (isDeepStrictEqual(keysOf(wanted), keysOf(found ?? {}))) return;
  throw new TableMismatch(`the table ${wanted.TableName} has other keys or indexes than the template`);
}

interface Keys {
  readonly KeySchema?: readonly KeySchemaElement[] | undefined;
}

interface TableKeys extends Keys {
  readonly GlobalSecondaryIndexes?: readonly IndexKeys[] | undefined;
  readonly LocalSecondaryIndexes?: readonly IndexKeys[] | undefined;
}

interface IndexKeys extends Keys {
  readonly IndexName?: string | undefined;
}

/** Keys and indexes, which cannot be changed in an existing table. */
function keysOf({ KeySchema, GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: TableKeys) {
  const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes];
  return new Map([['', KeySchema], ...indexes.map((index) => [index.IndexName, index.KeySchema] as const)]);
}
