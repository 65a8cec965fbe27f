import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { emptyLikeOurFunctions, isEmptied } from './emptying.ts';
import type { EncryptionKey } from './encryption-key.ts';

export interface BodyBucketProps {
  /** Encrypts the objects. */
  readonly encryptionKey: EncryptionKey;
  /** How long a delivery's body is kept: as long as the ledger points to it. */
  readonly deliveryRetention: Duration;
  /** How long a result's body is kept: longer than any item points to it. Absent: for good. */
  readonly resultRetention: Duration | undefined;
  /** How long the logs of what empties the bucket are kept. */
  readonly logRetention: RetentionDays;
  /** What becomes of the bucket with the stack. One that is destroyed is emptied first. */
  readonly removalPolicy: RemovalPolicy;
  /** Where S3 writes down every access. Absent: it does not. */
  readonly accessLogs: { readonly bucketName: string; readonly prefix: string } | undefined;
}

/** Bodies too large for a queue message (`deliveries/`) or for a DynamoDB item (`results/`). */
export class BodyBucket extends Construct {
  /** The bucket. */
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: BodyBucketProps) {
    super(scope, id);
    const { accessLogs } = props;
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: props.encryptionKey.key,
      // One KMS call per bucket and while instead of one per object.
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
          // What expires leaves a marker, which is of no use without the versions before it.
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    // A bucket that is kept must go on refusing plain HTTP.
    this.bucket.policy?.applyRemovalPolicy(props.removalPolicy);
    emptyLikeOurFunctions(this.bucket, props);
  }

  /** A function that writes is gone before the bucket is emptied: what it wrote afterwards would keep the bucket. */
  emptyAfter(writer: Construct): void {
    writer.node.addDependency(this.bucket);
  }

  /** The ARN of everything below a prefix. */
  below(prefix: 'deliveries' | 'results'): string {
    return this.bucket.arnForObjects(`${prefix}/*`);
  }
}
