import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { startTables, type TablesBackend } from '../../../../infra/local/backends/tables.ts';
import { openTable, type Table } from '../../../../shared/store/table.ts';

/** The table of the project in dynalite, with the index `due` of keys only. */
export function useDynalite(): () => Promise<Table> {
  let backend: TablesBackend;
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
    const name = `simulated-${randomUUID()}`;
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
        IndexName: 'due',
        KeySchema: key('dueShard', 'dueAt'),
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
      },
    ],
  };
}
