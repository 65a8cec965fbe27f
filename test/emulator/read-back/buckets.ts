import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { Resource } from '../../infra/rules/template.ts';
import type { ReadBack } from './read-back.ts';

export const buckets: ReadBack = {
  what: 'buckets have their encryption, versions, lifecycle, blocks and policy',
  types: ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'],
  async compare(moto, stack) {
    const s3 = new S3Client({ ...moto.client, forcePathStyle: true });
    const resolved = stack.resolved('AWS::S3::Bucket');
    expect(resolved.length).toBeGreaterThanOrEqual(1);
    for (const [id, bucket] of resolved) {
      const Bucket = stack.idOf(id);
      const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
      const [wanted] = bucket.BucketEncryption.ServerSideEncryptionConfiguration;
      expect(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, id).toBe(
        wanted.ServerSideEncryptionByDefault.SSEAlgorithm,
      );
      expect(rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID, id).toBe(
        wanted.ServerSideEncryptionByDefault.KMSMasterKeyID,
      );
      await configure(s3, Bucket, bucket);
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
      expect(Status, id).toBe(bucket.VersioningConfiguration.Status);
      const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      expect(PublicAccessBlockConfiguration, id).toEqual(bucket.PublicAccessBlockConfiguration);
      const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      expect(Rules, id).toMatchObject(rulesOf(bucket));
      const { LoggingEnabled } = await s3.send(new GetBucketLoggingCommand({ Bucket }));
      expect(LoggingEnabled?.TargetBucket, id).toBe(bucket.LoggingConfiguration?.DestinationBucketName);
    }
    for (const [id, { Bucket, PolicyDocument }] of stack.resolved('AWS::S3::BucketPolicy')) {
      const Policy = JSON.stringify(PolicyDocument);
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      const made = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      expect(JSON.parse(made.Policy ?? 'null'), id).toEqual(PolicyDocument);
    }
    s3.destroy();
  },
};

/** What the emulator's CloudFormation passes over. */
async function configure(s3: S3Client, Bucket: string, bucket: Resource): Promise<void> {
  const { VersioningConfiguration, PublicAccessBlockConfiguration, LoggingConfiguration } = bucket;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  const LifecycleConfiguration = { Rules: rulesOf(bucket) };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  if (LoggingConfiguration === undefined) return;
  const { DestinationBucketName: TargetBucket, LogFilePrefix: TargetPrefix = '' } = LoggingConfiguration;
  const BucketLoggingStatus = { LoggingEnabled: { TargetBucket, TargetPrefix } };
  await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus }));
}

/** CloudFormation's rules as S3's API writes them. */
function rulesOf(bucket: Resource): LifecycleRule[] {
  return bucket.LifecycleConfiguration.Rules.map((rule: Resource) => ({
    ID: rule.Id,
    Status: rule.Status,
    Filter: { Prefix: rule.Prefix ?? '' },
    ...(rule.ExpirationInDays !== undefined && { Expiration: { Days: rule.ExpirationInDays } }),
    ...(rule.ExpiredObjectDeleteMarker !== undefined && {
      Expiration: { ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker },
    }),
    ...(rule.NoncurrentVersionExpiration !== undefined && {
      NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration,
    }),
    ...(rule.AbortIncompleteMultipartUpload !== undefined && {
      AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    }),
  }));
}
