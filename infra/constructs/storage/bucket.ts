import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { createLogGroup, type LogProps } from '../logs.ts';

/** Construct id of the Lambda with which CDK empties buckets. */
const PROVIDER = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

/** Properties that all buckets of a stage share. Those of logs also configure the Lambda that empties buckets. */
export interface BucketDefaults extends LogProps {
  /** Bucket to which S3 logs every access. Absent: accesses are not logged. */
  readonly accessLogs: { readonly bucketName: string; readonly prefix: string } | undefined;
}

/**
 * A private bucket with versions. CloudFormation deletes only empty buckets (AWS: AWS::S3::Bucket, "DeletionPolicy"), so
 * one that is destroyed with the stack is emptied first (`autoDeleteObjects` of CDK). Otherwise CloudFormation could not
 * delete a stage with `removalPolicy: destroy`, nor roll back a first deployment.
 */
export function createBucket(scope: Construct, props: BucketDefaults, overrides: BucketProps): Bucket {
  const { accessLogs, removalPolicy } = props;
  const bucket = new Bucket(scope, 'Bucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    ...(accessLogs && {
      serverAccessLogsBucket: Bucket.fromBucketName(scope, 'AccessLogs', accessLogs.bucketName),
      serverAccessLogsPrefix: accessLogs.prefix,
    }),
    ...overrides,
  });
  // A bucket that outlives the stack must still refuse plain HTTP.
  bucket.policy?.applyRemovalPolicy(removalPolicy);
  configureAutoDeleteLambda(bucket, props);
  return bucket;
}

/**
 * Gives CDK's Lambda, which has no properties for it, the architecture and the encrypted log group of the other functions.
 * All buckets share one Lambda.
 */
function configureAutoDeleteLambda(bucket: Bucket, props: LogProps): void {
  const provider = Stack.of(bucket).node.tryFindChild(PROVIDER);
  if (provider === undefined || provider.node.tryFindChild('Logs') !== undefined) return;
  const handler = provider.node.findChild('Handler');
  const role = provider.node.findChild('Role');
  if (!CfnResource.isCfnResource(handler) || !CfnResource.isCfnResource(role))
    throw new Error('CDK has moved or renamed the Lambda that empties buckets');
  const logGroup = createLogGroup(provider, 'Logs', { ...props, removalPolicy: RemovalPolicy.DESTROY });
  handler.addPropertyOverride('Architectures', ['arm64']);
  handler.addPropertyOverride('LoggingConfig', { LogFormat: 'JSON', LogGroup: logGroup.logGroupName });
  handler.addPropertyOverride('Description', 'Empties buckets before the stack deletes them');
  // Replaces AWS's managed policy, which allows a role to write to every log group of the account.
  role.addPropertyDeletionOverride('ManagedPolicyArns');
  role.addPropertyOverride('Policies', [
    {
      PolicyName: 'Logs',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: logGroup.logGroupArn,
          },
        ],
      },
    },
  ]);
}
