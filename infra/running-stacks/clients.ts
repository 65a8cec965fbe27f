import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { openBodies } from '../../shared/store/bodies/result-bodies.ts';
import { createReader } from '../../shared/store/reader.ts';
import { openTable } from '../../shared/store/table.ts';
import { ACCESS } from './access.ts';

/** Opens the table, bucket and queues of a running stack. */
export function openClients(stack: {
  readonly endpoints: { readonly dynamodb: string; readonly s3: string; readonly sqs: string };
  readonly table: string;
  readonly bucket: string;
}) {
  const { endpoints } = stack;
  const dynamodb = new DynamoDBClient({ ...ACCESS, endpoint: endpoints.dynamodb });
  const s3 = new S3Client({ ...ACCESS, endpoint: endpoints.s3, forcePathStyle: true });
  const sqs = new SQSClient({ ...ACCESS, endpoint: endpoints.sqs });
  const table = (name = stack.table) => openTable(name, dynamodb);
  const bodies = openBodies(stack.bucket, s3);
  return {
    table,
    bodies,
    reader: createReader(table(), bodies),
    sqs,
    close() {
      for (const client of [dynamodb, s3, sqs]) client.destroy();
    },
  };
}
