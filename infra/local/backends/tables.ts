import { once } from 'node:events';
import { extname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { MessageChannel, Worker } from 'node:worker_threads';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  type TableDescription,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import { ACCESS } from '../../running-stacks/access.ts';
import type { Topology } from '../template/topology.ts';
import type { StreamRequest, StreamSettings } from './table-stream.ts';

/**
 * Starts DynamoDB.
 *
 * @param endpoint of another DynamoDB to use instead, e.g. `http://127.0.0.1:8000` for DynamoDB Local.
 * @param folder keeps the tables; without it they are in memory.
 * @throws Error if the folder cannot be read.
 */
export async function startTables(endpoint: string | undefined, folder?: string) {
  if (endpoint !== undefined) return { endpoint, openStream: undefined, stop: async () => {} };
  const worker = new Worker(new URL(`./tables.worker${extname(import.meta.url)}`, import.meta.url), {
    execArgv: [],
    workerData: folder,
  });
  const [port]: unknown[] = await once(worker, 'message');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    /** Resolves when each change from now on is a record. */
    async openStream(settings: StreamSettings, onRecord: (record: DynamoDBRecord) => void): Promise<void> {
      const { port1, port2 } = new MessageChannel();
      const opened = Promise.withResolvers<void>();
      port1.on('message', (message: 'open' | DynamoDBRecord) => {
        if (message === 'open') opened.resolve();
        else onRecord(message);
      });
      const request: StreamRequest = { ...settings, port: port2 };
      worker.postMessage(request, [port2]);
      await opened.promise;
    },
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

/** Properties of a table. Expiry, backups and encryption have no counterpart here. */
const Table = z.object({
  KeySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(Index).optional(),
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
  const client = new DynamoDBClient({ ...ACCESS, endpoint });
  try {
    for (const id of topology.idsOf('AWS::DynamoDB::Table')) {
      const table = topology.properties(id, Table);
      const TableName = topology.identity(id).name;
      const input: CreateTableCommandInput = { TableName, BillingMode: 'PAY_PER_REQUEST', ...table };
      await client.send(new CreateTableCommand(input)).catch(async (error: unknown) => {
        if (!(error instanceof ResourceInUseException)) throw error;
        await requireSameKeys(client, input);
      });
      await waitUntilTableExists({ client, ...SOON }, { TableName });
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

/** Keys and indexes, which cannot be changed in an existing table. */
function keysOf({ KeySchema, GlobalSecondaryIndexes: indexes = [] }: TableDescription) {
  return new Map([['', KeySchema], ...indexes.map((index) => [index.IndexName, index.KeySchema] as const)]);
}
