import { Aws, Duration } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type BucketDefaults, createBucket } from '../storage/bucket.ts';

const PREFIX = 'load-balancer';

/**
 * Access logs of the load balancer, one line per request, in a separate bucket. Elastic Load Balancing writes a test file
 * into it, so the bucket is never empty: unless it is retained or emptied, a stage whose deployment failed could not be
 * deleted.
 */
export class LoadBalancerLogs extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: BucketDefaults) {
    super(scope, id);
    this.bucket = createBucket(this, props, {
      // Elastic Load Balancing cannot write to a bucket that is encrypted with a KMS key.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [
        {
          id: 'logs',
          expiration: Duration.days(props.logRetention),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
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
