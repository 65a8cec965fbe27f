import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { REGION } from '../template/identities.ts';
import type { Topology } from '../template/topology.ts';

export interface TablesBackend {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts DynamoDB in memory.
 *
 * @param endpoint another DynamoDB to use instead, e.g. `http://127.0.0.1:8000` of DynamoDB Local.
 */
export async function startTables(endpoint: string | undefined): Promise<TablesBackend> {
  if (endpoint !== undefined) return { endpoint, stop: async () => {} };
  const worker = new Worker(new URL('./tables.worker.ts', import.meta.url), { execArgv: [] });
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

/** Streams, expiry, backups and encryption have no counterpart here and are left out. */
const Table = z.object({
  KeySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: z.array(Index).optional(),
});

/** Creates every table of the template. */
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
      await client.send(new CreateTableCommand(input)).catch((error: unknown) => {
        // Another DynamoDB than ours keeps its tables from one start to the next.
        if (!(error instanceof ResourceInUseException)) throw error;
      });
    }
  } finally {
    client.destroy();
  }
}
