import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { startTables } from '../../../../infra/local/backends/tables.ts';
import { DUE_INDEX } from '../../../../shared/store/keys.ts';
import { type DynamoTable, openTable } from '../../../../shared/store/table.ts';

/**
 * DynamoDB for the tests of one file: dynalite, or the server at `DYNAMODB_ENDPOINT` (DynamoDB Local, say).
 *
 * @returns makes an empty table, with a name of its own.
 */
export function useTables(): () => Promise<DynamoTable> {
  let backend: Awaited<ReturnType<typeof startTables>>;
  let client: DynamoDBClient;

  beforeAll(async () => {
    backend = await startTables(process.env.DYNAMODB_ENDPOINT);
    client = new DynamoDBClient({
      endpoint: backend.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  });
  afterAll(async () => {
    client.destroy();
    await backend.stop();
  });

  return async () => {
    const name = `books-${randomUUID()}`;
    await client.send(new CreateTableCommand(definition(name)));
    while (!(await isActive(client, name)));
    return openTable(name, client);
  };
}

async function isActive(client: DynamoDBClient, TableName: string): Promise<boolean> {
  const { Table: described } = await client.send(new DescribeTableCommand({ TableName }));
  return described?.TableStatus === 'ACTIVE';
}

function definition(TableName: string) {
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: ['bookId', 'item', 'dueShard', 'dueAt'].map(attribute),
    KeySchema: key('bookId', 'item'),
    GlobalSecondaryIndexes: [
      {
        IndexName: DUE_INDEX,
        KeySchema: key('dueShard', 'dueAt'),
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
      },
    ],
  };
}
