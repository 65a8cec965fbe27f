import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoTable } from '../../../shared/store/table.ts';

/** Number of items in a table, which DynamoDB counted within the last six hours. */
export async function itemCount({ client, name }: DynamoTable): Promise<number> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  return Table?.ItemCount ?? 0;
}
