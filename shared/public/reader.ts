/** The entry `ocrolus-webhooks/reader`: typed reads of books and results. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { openBodies } from '../store/bodies/result-bodies.ts';
import { createReader as createStoreReader, type Reader } from '../store/reader.ts';
import { openTable } from '../store/table.ts';

export type { ResultKind } from '../events/catalog.ts';
export type { BookItem, DocumentItem, EventItem } from '../store/items.ts';
export {
  type MissingResult,
  type Reader,
  type ResultDescription,
  UnknownBookError,
} from '../store/reader.ts';

/** Where a stage stores its books. */
export interface ReaderOptions {
  /** Name of the table; of a table in another account, its ARN. */
  readonly table: string;
  /** Name of the bucket. */
  readonly bucket: string;
  /** By default clients with the region and the credentials of the environment. */
  readonly dynamodb?: DynamoDBClient;
  readonly s3?: S3Client;
}

export function createReader({ table, bucket, dynamodb, s3 }: ReaderOptions): Reader {
  return createStoreReader(openTable(table, dynamodb), openBodies(bucket, s3 ?? new S3Client({})));
}
