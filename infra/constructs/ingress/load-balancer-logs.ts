import { Aws, Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { configureEmptying, isEmptied } from '../emptying.ts';
import type { EncryptionKey } from '../encryption-key.ts';

export interface LoadBalancerLogsProps {
  /** Retention of the logs, as in CloudWatch. */
  readonly logRetention: RetentionDays;
  /** Encrypts the logs of the Lambda that empties the bucket. */
  readonly encryptionKey: EncryptionKey;
  /**
   * Policy for the bucket when the stack is deleted. Elastic Load Balancing writes a test file into it, so the bucket
   * is never empty: unless it is retained or emptied, a stage whose deployment failed could not be deleted.
   */
  readonly removalPolicy: RemovalPolicy;
  /** Bucket to which S3 logs every access. Absent: accesses are not logged. */
  readonly accessLogs: { readonly bucketName: string; readonly prefix: string } | undefined;
}

const PREFIX = 'load-balancer';

/** Access logs of the load balancer, one line per request, in a separate bucket. */
export class LoadBalancerLogs extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { accessLogs, ...props }: LoadBalancerLogsProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      // Elastic Load Balancing cannot write to a bucket that is encrypted with a KMS key.
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
    configureEmptying(this.bucket, props);
  }

  /**
   * Makes a load balancer write its logs here. CDK's `logAccessLogs` requires a region, because it grants access to the
   * AWS account that wrote such logs before August 2022; the service principal works in every region.
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
    // Elastic Load Balancing tests that it can write. At deletion, the load balancer goes before the bucket is emptied.
    balancer.node.addDependency(this.bucket);
  }
}
