import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { EncryptionKey } from './encryption-key.ts';

/** Construct id of the Lambda with which CDK empties buckets. */
const PROVIDER = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

export interface EmptyingProps {
  /** Encrypts the logs. */
  readonly encryptionKey: EncryptionKey;
  /** Retention of the logs. */
  readonly logRetention: RetentionDays;
}

/**
 * True if a bucket is emptied before CloudFormation deletes it (`autoDeleteObjects` of CDK). CloudFormation deletes
 * only empty buckets (AWS: AWS::S3::Bucket, "DeletionPolicy"): otherwise, neither a `destroy` stage could be deleted,
 * nor a first deployment that fails after the first object.
 */
export function isEmptied(removalPolicy: RemovalPolicy): boolean {
  return removalPolicy === RemovalPolicy.DESTROY;
}

/**
 * Gives CDK's Lambda, which has no properties for it, the architecture and the encrypted log group of the other functions.
 * Call it for each bucket that is emptied; they share one Lambda.
 */
export function configureEmptying(bucket: Bucket, { encryptionKey, logRetention }: EmptyingProps): void {
  const provider = Stack.of(bucket).node.tryFindChild(PROVIDER);
  if (provider === undefined || provider.node.tryFindChild('Logs') !== undefined) return;
  const handler = provider.node.findChild('Handler');
  const role = provider.node.findChild('Role');
  if (!CfnResource.isCfnResource(handler) || !CfnResource.isCfnResource(role))
    throw new Error('CDK has moved or renamed the Lambda that empties buckets');
  const logGroup = new LogGroup(provider, 'Logs', {
    retention: logRetention,
    encryptionKey: encryptionKey.key,
    removalPolicy: RemovalPolicy.DESTROY,
  });
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
