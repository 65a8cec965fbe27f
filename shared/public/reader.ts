/** The entry `ocrolus-webhooks/reader`: typed reads of books and results. */
import { setTimeout } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { openBodies } from '../store/bodies/result-bodies.ts';
import { createReader as createStoreReader } from '../store/reader.ts';
import { openTable } from '../store/table.ts';
import { type BookReader, createBookReader } from './book-reader.ts';
import { parameterName } from './parameters.ts';

export type { ResultKind } from '../events/catalog.ts';
export type { BookItem, DocumentItem, EventItem } from '../store/items.ts';
export { type MissingResult, type ResultDescription, UnknownBookError } from '../store/reader.ts';
export { type BookReader, IncompleteBookError, type StoredResult, type WaitOptions } from './book-reader.ts';

/** Where a stage stores its books: found by the stage's parameters, or named. */
export type ReaderOptions = ({ readonly stage: string } | Location) & Clients;

interface Location {
  /** Name of the table; of a table in another account, its ARN. */
  readonly table: string;
  /** Name of the bucket. */
  readonly bucket: string;
}

/** By default clients with the region and the credentials of the environment. */
interface Clients {
  readonly dynamodb?: DynamoDBClient;
  readonly s3?: S3Client;
  readonly ssm?: SSMClient;
}

/** Opens the books of a stage. @throws Error if the stage is not deployed in this account and region. */
export async function createReader(options: ReaderOptions): Promise<BookReader> {
  const { dynamodb, s3 = new S3Client({}), ssm } = options;
  const { table, bucket } = 'stage' in options ? await locate(options.stage, ssm) : options;
  const reader = createStoreReader(openTable(table, dynamodb), openBodies(bucket, s3));
  return createBookReader(reader, {
    now: Date.now,
    wait: (ms, signal) => setTimeout(ms, undefined, { signal }),
  });
}

/** Needs `ssm:GetParameters`. */
async function locate(stage: string, ssm = new SSMClient({})): Promise<Location> {
  const names = { table: parameterName(stage, 'table'), bucket: parameterName(stage, 'bucket') };
  const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: Object.values(names) }));
  const find = (name: string) => {
    const value = Parameters.find(({ Name }) => Name === name)?.Value;
    if (value === undefined)
      throw new Error(`there is no parameter ${name}: is stage ${stage} deployed here?`);
    return value;
  };
  return { table: find(names.table), bucket: find(names.bucket) };
}
