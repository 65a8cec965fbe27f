import { Aws, Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { emptyLikeOurFunctions, isEmptied } from '../emptying.ts';
import type { EncryptionKey } from '../encryption-key.ts';

export interface LoadBalancerLogsProps {
  /** How long the logs are kept, like those in CloudWatch. */
  readonly logRetention: RetentionDays;
  /** Encrypts the logs of what empties the bucket. */
  readonly encryptionKey: EncryptionKey;
  /**
   * What becomes of the bucket with the stack. It is never empty: Elastic Load Balancing writes a test file into it, so a
   * deployment that fails would leave a stack that cannot be deleted, were it not kept or emptied.
   */
  readonly removalPolicy: RemovalPolicy;
  /** Where S3 writes down every access. Absent: it does not. */
  readonly accessLogs: { readonly bucketName: string; readonly prefix: string } | undefined;
}

const PREFIX = 'load-balancer';

/** Who connected, and what the load balancer did with it: one line per request, in a bucket of its own. */
export class LoadBalancerLogs extends Construct {
  /** The bucket. */
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { accessLogs, ...props }: LoadBalancerLogsProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      // Elastic Load Balancing cannot write to a bucket with a KMS key, not even a customer managed one.
      encryption: BucketEncryption.S3_MANAGED,
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
        {
          id: 'logs',
          expiration: Duration.days(props.logRetention),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    this.bucket.policy?.applyRemovalPolicy(props.removalPolicy);
    emptyLikeOurFunctions(this.bucket, props);
  }

  /**
   * Makes a load balancer write here. CDK's `logAccessLogs` would ask for a region, to grant the account that
   * wrote such logs there before August 2022; the service's own principal serves every region.
   */
  receive(balancer: ApplicationLoadBalancer): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`${PREFIX}/AWSLogs/${Aws.ACCOUNT_ID}/*`)],
      }),
    );
    balancer.setAttribute('access_logs.s3.enabled', 'true');
    balancer.setAttribute('access_logs.s3.bucket', this.bucket.bucketName);
    balancer.setAttribute('access_logs.s3.prefix', PREFIX);
    // Elastic Load Balancing tries to write before it believes, and goes before the bucket is emptied.
    balancer.node.addDependency(this.bucket);
  }
}
