import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import type { EncryptionKey } from './encryption-key.ts';
import { allow } from './logs.ts';
import type { BodyBucket } from './storage/body-bucket.ts';
import type { BookTable } from './storage/book-table.ts';

/** What readers need of the table and of the bucket. */
export const READER_ACTIONS = {
  table: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
  bucket: ['s3:GetObject'],
} as const;

export interface Readable {
  readonly encryptionKey: EncryptionKey;
  readonly table: BookTable;
  readonly bodies: BodyBucket;
  /** Parameters that name the stage's resources. */
  readonly parameters: readonly IStringParameter[];
}

/** Allows to read books, documents and results, and not the bodies of deliveries. */
export function readerStatements({ encryptionKey, table, bodies, parameters }: Readable): PolicyStatement[] {
  return [
    allow(READER_ACTIONS.table, [table.table.tableArn]),
    allow(READER_ACTIONS.bucket, [bodies.below('results')]),
    allow(
      ['ssm:GetParameter', 'ssm:GetParameters'],
      parameters.map(({ parameterArn }) => parameterArn),
    ),
    encryptionKey.usableThrough(['dynamodb', 's3'], ['kms:Decrypt']),
  ];
}
