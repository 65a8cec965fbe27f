import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { EncryptionKey } from './encryption-key.ts';

/** Where CDK puts the one Lambda that empties buckets. */
const PROVIDER = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

export interface EmptyingProps {
  /** Encrypts the logs. */
  readonly encryptionKey: EncryptionKey;
  /** How long logs are kept. */
  readonly logRetention: RetentionDays;
}

/**
 * Whether a bucket is emptied before CloudFormation deletes it, which it only does with an empty one (AWS:
 * AWS::S3::Bucket, "DeletionPolicy"). Without that, neither a `destroy` stage nor a first deployment that fails after
 * the first object could be deleted. To be given to CDK as `autoDeleteObjects`.
 */
export function isEmptied(removalPolicy: RemovalPolicy): boolean {
  return removalPolicy === RemovalPolicy.DESTROY;
}

/**
 * Gives CDK's Lambda, which has no properties for it, the processor and the encrypted log group of the others. To be
 * called for each bucket that is emptied; there is one Lambda for all.
 */
export function emptyLikeOurFunctions(bucket: Bucket, { encryptionKey, logRetention }: EmptyingProps): void {
  const provider = Stack.of(bucket).node.tryFindChild(PROVIDER);
  if (provider === undefined || provider.node.tryFindChild('Logs') !== undefined) return;
  const handler = provider.node.findChild('Handler');
  const role = provider.node.findChild('Role');
  if (!CfnResource.isCfnResource(handler) || !CfnResource.isCfnResource(role))
    throw new Error('the Lambda that empties buckets is not where it was');
  const logGroup = new LogGroup(provider, 'Logs', {
    retention: logRetention,
    encryptionKey: encryptionKey.key,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  handler.addPropertyOverride('Architectures', ['arm64']);
  handler.addPropertyOverride('LoggingConfig', { LogFormat: 'JSON', LogGroup: logGroup.logGroupName });
  handler.addPropertyOverride('Description', 'Empties buckets before the stack deletes them');
  // In place of AWS's policy, which lets a role write to every log group of the account.
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
