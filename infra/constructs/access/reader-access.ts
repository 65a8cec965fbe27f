import { AccountPrincipal, ArnPrincipal, type IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import type { EncryptionKey } from '../encryption-key.ts';
import { allow } from '../logs.ts';
import type { BodyBucket } from '../storage/body-bucket.ts';
import type { BookTable } from '../storage/book-table.ts';

export interface Readable {
  readonly encryptionKey: EncryptionKey;
  readonly table: BookTable;
  readonly bodies: BodyBucket;
  /** Parameters that name the stage's resources. */
  readonly parameters: readonly IStringParameter[];
}

/** What a reader does with the table. */
const READS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];

/** Allows to read books, documents and results, and not the bodies of deliveries. */
export function readerStatements({ encryptionKey, table, bodies, parameters }: Readable): PolicyStatement[] {
  return [
    allow(READS, [table.table.tableArn]),
    allow(['s3:GetObject'], [bodies.below('results')]),
    allow(
      ['ssm:GetParameter', 'ssm:GetParameters'],
      parameters.map(({ parameterArn }) => parameterArn),
    ),
    encryptionKey.usableThrough(['dynamodb', 's3'], ['kms:Decrypt']),
  ];
}

/** Allows the same by the policies of table, bucket and key, which hold for other accounts, too. */
export function allowReaders(
  readers: readonly string[],
  { encryptionKey, table, bodies }: Omit<Readable, 'parameters'>,
): void {
  if (readers.length === 0) return;
  const principals = readers.map(principalOf);
  // A policy that names its own table or key would be a circular reference.
  table.allowInPolicy(new PolicyStatement({ principals, actions: READS, resources: ['*'] }));
  bodies.allowInPolicy(
    new PolicyStatement({ principals, actions: ['s3:GetObject'], resources: [bodies.below('results')] }),
  );
  encryptionKey.allowInPolicy(principals, ['dynamodb', 's3'], ['kms:Decrypt']);
}

function principalOf(reader: string): IPrincipal {
  return reader.startsWith('arn:') ? new ArnPrincipal(reader) : new AccountPrincipal(reader);
}
