import { Aws, type RemovalPolicy } from 'aws-cdk-lib';
import { type IPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface EncryptionKeyProps {
  /** The stage, for the alias. */
  readonly stage: string;
  /** Policy for the key when the stack is deleted. KMS waits 30 days before it destroys a key. */
  readonly removalPolicy: RemovalPolicy;
  /** ARN of an existing key, whose policy the stack does not change. Absent: one is created. */
  readonly existingArn?: string | undefined;
  /** ARN of the key of an adopted table or bucket. Absent: this key encrypts it, too. */
  readonly adoptedKeyArn?: string | undefined;
}

/** Services on whose behalf a Lambda uses the key. */
export type KeyUser = 'sqs' | 's3' | 'dynamodb' | 'secretsmanager';

/**
 * Actions that AWS's documentation abbreviates as `kms:GenerateDataKey*` and `kms:ReEncrypt*`. The abbreviations
 * would also allow key pairs, which nothing here uses.
 */
export const ENCRYPTION_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;

/** The customer managed key of the stage, of which docs/platform.md has the policy: encrypts queues, table, bucket, secrets and logs. */
export class EncryptionKey extends Construct {
  /** The key, for the properties of the resources that it encrypts. */
  readonly key: IKey;
  private readonly adoptedKeyArn: string | undefined;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    this.adoptedKeyArn = props.adoptedKeyArn;
    if (props.existingArn !== undefined) {
      this.key = Key.fromKeyArn(this, 'Key', props.existingArn);
      return;
    }
    this.key = new Key(this, 'Key', {
      alias: `ocrolus-${props.stage}`,
      description: `Ocrolus webhooks, stage ${props.stage}`,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
    });
    // CloudWatch Logs encrypts as a service principal, so the key policy must allow it, for log groups of this account only.
    this.key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
        actions: [...ENCRYPTION_ACTIONS],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:*`,
          },
        },
      }),
    );
  }

  /**
   * A statement that allows a role to use the key, but only through the given services: the role cannot decrypt anything
   * by calling KMS directly.
   */
  usableThrough(services: readonly KeyUser[], actions: readonly string[]): PolicyStatement {
    const isOfStorage = services.includes('dynamodb') || services.includes('s3');
    return new PolicyStatement({
      actions: [...actions],
      resources: [
        this.key.keyArn,
        ...(isOfStorage && this.adoptedKeyArn !== undefined ? [this.adoptedKeyArn] : []),
      ],
      conditions: through(services),
    });
  }

  /** As {@link usableThrough}, by the policy of the key, for principals of any account. */
  allowInPolicy(principals: IPrincipal[], services: readonly KeyUser[], actions: readonly string[]): void {
    const statement = { principals, actions: [...actions], resources: ['*'], conditions: through(services) };
    this.key.addToResourcePolicy(new PolicyStatement(statement));
  }
}

function through(services: readonly KeyUser[]) {
  const via = services.map((service) => `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`);
  return { StringEquals: { 'kms:ViaService': via } };
}
