import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { openBodies } from '../../../shared/store/bodies/result-bodies.ts';
import { createReader, type Reader } from '../../../shared/store/reader.ts';
import { type DynamoTable, openTable } from '../../../shared/store/table.ts';
import type { LocalStack } from '../stack.ts';
import { REGION } from '../template/identities.ts';

/** The stack's table, bucket and queues. */
export interface Store {
  readonly reader: Reader;
  readonly table: DynamoTable;
  readonly sqs: SQSClient;
  close(): void;
}

export function openStore({ endpoints, table: tableName, bucket }: LocalStack): Store {
  const access = { region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const dynamodb = new DynamoDBClient({ ...access, endpoint: endpoints.dynamodb });
  const s3 = new S3Client({ ...access, endpoint: endpoints.s3, forcePathStyle: true });
  const sqs = new SQSClient({ ...access, endpoint: endpoints.sqs });
  const table = openTable(tableName, dynamodb);
  return {
    reader: createReader(table, openBodies(bucket, s3)),
    table,
    sqs,
    close() {
      for (const client of [dynamodb, s3, sqs]) client.destroy();
    },
  };
}
