import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { FoundBucket } from './bucket-faults.ts';
import type { FoundTable } from './table-faults.ts';

/** @returns `undefined` if there is no such table. */
export async function inspectTable(
  client: DynamoDBClient,
  TableName: string,
): Promise<FoundTable | undefined> {
  const described = await orNothing(client.send(new DescribeTableCommand({ TableName })), [
    'ResourceNotFoundException',
  ]);
  const table = described?.Table;
  if (table === undefined) return undefined;
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  const { PointInTimeRecoveryStatus } = ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
  return {
    table,
    timeToLive: {
      status: TimeToLiveDescription?.TimeToLiveStatus ?? 'DISABLED',
      attribute: TimeToLiveDescription?.AttributeName,
    },
    isRecoverable: PointInTimeRecoveryStatus === 'ENABLED',
  };
}

/**
 * @param owner the account. A bucket of another one is refused: it would receive borrowers' data.
 * @returns `undefined` if there is no such bucket.
 */
export async function inspectBucket(
  client: S3Client,
  bucketName: string,
  owner: string,
): Promise<FoundBucket | undefined> {
  const bucket = { Bucket: bucketName, ExpectedBucketOwner: owner };
  const versioning = await orNothing(client.send(new GetBucketVersioningCommand(bucket)), ['NoSuchBucket']);
  if (versioning === undefined) return undefined;
  const encryption = await orNothing(client.send(new GetBucketEncryptionCommand(bucket)), [
    'ServerSideEncryptionConfigurationNotFoundError',
  ]);
  const access = await orNothing(client.send(new GetPublicAccessBlockCommand(bucket)), [
    'NoSuchPublicAccessBlockConfiguration',
  ]);
  const lifecycle = await orNothing(client.send(new GetBucketLifecycleConfigurationCommand(bucket)), [
    'NoSuchLifecycleConfiguration',
  ]);
  return {
    versioning: versioning.Status,
    encryption: encryption?.ServerSideEncryptionConfiguration?.Rules ?? [],
    publicAccess: access?.PublicAccessBlockConfiguration ?? {},
    lifecycle: lifecycle?.Rules ?? [],
  };
}

/** @param errors names of errors that mean "there is none". */
async function orNothing<T>(answer: Promise<T>, errors: readonly string[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && errors.includes(error.name)) return undefined;
    throw error;
  }
}
