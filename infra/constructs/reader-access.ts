import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import type { EncryptionKey } from './encryption-key.ts';
import { allow } from './logs.ts';
import type { BodyBucket } from './storage/body-bucket.ts';
import type { BookTable } from './storage/book-table.ts';

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
    allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], [table.table.tableArn]),
    allow(['s3:GetObject'], [bodies.below('results')]),
    allow(
      ['ssm:GetParameter', 'ssm:GetParameters'],
      parameters.map(({ parameterArn }) => parameterArn),
    ),
    encryptionKey.usableThrough(['dynamodb', 's3'], ['kms:Decrypt']),
  ];
}
