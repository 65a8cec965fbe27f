import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type BucketDefaults, createBucket } from './bucket.ts';

export interface BodyBucketProps extends BucketDefaults {
  /** Retention of the body of a delivery: as long as its ledger entry. */
  readonly deliveryRetention: Duration;
  /** Retention of the body of a result: longer than any item that points to it. Absent: permanent. */
  readonly resultRetention: Duration | undefined;
}

/** Bodies too large for a queue message (`deliveries/`) or for a DynamoDB item (`results/`). */
export class BodyBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: BodyBucketProps) {
    super(scope, id);
    this.bucket = createBucket(this, props, {
      encryption: BucketEncryption.KMS,
      encryptionKey: props.encryptionKey.key,
      // S3 reuses a bucket-level key for a while instead of calling KMS for each object.
      bucketKeyEnabled: true,
      lifecycleRules: [
        { id: 'deliveries', prefix: 'deliveries/', expiration: props.deliveryRetention },
        ...(props.resultRetention === undefined
          ? []
          : [{ id: 'results', prefix: 'results/', expiration: props.resultRetention }]),
        {
          id: 'leftovers',
          noncurrentVersionExpiration: Duration.days(30),
          // An expired object leaves a delete marker, which has no use once the earlier versions are gone.
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
  }

  /** Makes CloudFormation delete a writer before it empties the bucket: a later object would block the deletion. */
  emptyAfter(writer: Construct): void {
    writer.node.addDependency(this.bucket);
  }

  /** The ARN of everything below a prefix. */
  below(prefix: 'deliveries' | 'results'): string {
    return this.bucket.arnForObjects(`${prefix}/*`);
  }

  /** Statements that allow to delete every version of a forgotten book's bodies, whose keys are found by their prefix. */
  deletable(): PolicyStatement[] {
    return [
      new PolicyStatement({
        actions: ['s3:ListBucketVersions'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': ['results/*', 'deliveries/*'] } },
      }),
      new PolicyStatement({
        actions: ['s3:DeleteObjectVersion'],
        resources: [this.below('results'), this.below('deliveries')],
      }),
    ];
  }
}
