import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { configureEmptying, isEmptied } from './emptying.ts';
import type { EncryptionKey } from './encryption-key.ts';

export interface BodyBucketProps {
  /** Encrypts the objects. */
  readonly encryptionKey: EncryptionKey;
  /** Retention of the body of a delivery: as long as its ledger entry. */
  readonly deliveryRetention: Duration;
  /** Retention of the body of a result: longer than any item that points to it. Absent: permanent. */
  readonly resultRetention: Duration | undefined;
  /** Retention of the logs of the Lambda that empties the bucket. */
  readonly logRetention: RetentionDays;
  /** Policy for the bucket when the stack is deleted. A bucket that is destroyed is emptied first. */
  readonly removalPolicy: RemovalPolicy;
  /** Bucket to which S3 logs every access. Absent: accesses are not logged. */
  readonly accessLogs: { readonly bucketName: string; readonly prefix: string } | undefined;
}

/** Bodies too large for a queue message (`deliveries/`) or for a DynamoDB item (`results/`). */
export class BodyBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: BodyBucketProps) {
    super(scope, id);
    const { accessLogs } = props;
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: props.encryptionKey.key,
      // S3 reuses a bucket-level key for a while instead of calling KMS for each object.
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: props.removalPolicy,
      autoDeleteObjects: isEmptied(props.removalPolicy),
      ...(accessLogs && {
        serverAccessLogsBucket: Bucket.fromBucketName(this, 'AccessLogs', accessLogs.bucketName),
        serverAccessLogsPrefix: accessLogs.prefix,
      }),
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
    // A bucket that outlives the stack must still refuse plain HTTP.
    this.bucket.policy?.applyRemovalPolicy(props.removalPolicy);
    configureEmptying(this.bucket, props);
  }

  /** Makes CloudFormation delete a writer before it empties the bucket: a later object would block the deletion. */
  emptyAfter(writer: Construct): void {
    writer.node.addDependency(this.bucket);
  }

  /** The ARN of everything below a prefix. */
  below(prefix: 'deliveries' | 'results'): string {
    return this.bucket.arnForObjects(`${prefix}/*`);
  }
}
