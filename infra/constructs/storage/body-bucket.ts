import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket, BucketEncryption, type IBucket, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  type BodyRetention,
  lifecycleRules,
  type LifecycleRule as Rule,
} from '../../../shared/store/definition/lifecycle.ts';
import { allow } from '../logs.ts';
import { type BucketDefaults, createBucket } from './bucket.ts';

export interface BodyBucketProps extends BucketDefaults {
  readonly retention: BodyRetention;
  /** An existing bucket to use instead, which the stack neither changes nor deletes. Absent: one is created. */
  readonly adoptedName: string | undefined;
}

/** Bodies too large for a queue message (`deliveries/`) or for a DynamoDB item (`results/`). */
export class BodyBucket extends Construct {
  readonly bucket: Pick<
    IBucket,
    'bucketName' | 'bucketArn' | 'arnForObjects' | 'node' | 'addToResourcePolicy'
  >;

  constructor(scope: Construct, id: string, props: BodyBucketProps) {
    super(scope, id);
    const { adoptedName, encryptionKey, retention } = props;
    this.bucket =
      adoptedName === undefined
        ? createBucket(this, props, {
            encryption: BucketEncryption.KMS,
            encryptionKey: encryptionKey.key,
            // S3 reuses a bucket-level key for a while instead of calling KMS for each object.
            bucketKeyEnabled: true,
            lifecycleRules: lifecycleRules(retention).map(ruleOf),
          })
        : Bucket.fromBucketName(this, 'Adopted', adoptedName);
  }

  /** Makes CloudFormation delete a writer before it empties the bucket: a later object would block the deletion. */
  emptyAfter(writer: Construct): void {
    writer.node.addDependency(this.bucket);
  }

  /** The ARN of everything below a prefix. */
  below(prefix: 'deliveries' | 'results'): string {
    return this.bucket.arnForObjects(`${prefix}/*`);
  }

  /** Adds to the policy of the bucket. @throws Error for an adopted bucket. */
  allowInPolicy(statement: PolicyStatement): void {
    if (!this.bucket.addToResourcePolicy(statement).statementAdded)
      throw new Error('the stack does not change the policy of an adopted bucket');
  }

  /** Statements that allow to delete every version of a forgotten book's bodies, whose keys are found by their prefix. */
  deletable(): PolicyStatement[] {
    return [
      new PolicyStatement({
        actions: ['s3:ListBucketVersions'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': ['results/*', 'deliveries/*'] } },
      }),
      allow(['s3:DeleteObjectVersion'], [this.below('results'), this.below('deliveries')]),
    ];
  }
}

function ruleOf(rule: Rule): LifecycleRule {
  const { id, prefix, expiration, versionExpiration, removesMarkers, uploadExpiration } = rule;
  const { days } = Duration;
  return {
    id,
    ...(prefix !== undefined && { prefix }),
    ...(expiration !== undefined && { expiration: days(expiration) }),
    ...(versionExpiration !== undefined && { noncurrentVersionExpiration: days(versionExpiration) }),
    ...(removesMarkers && { expiredObjectDeleteMarker: true }),
    ...(uploadExpiration !== undefined && { abortIncompleteMultipartUploadAfter: days(uploadExpiration) }),
  };
}
