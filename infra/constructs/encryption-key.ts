import { Aws, type RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface EncryptionKeyProps {
  /** The stage, for the alias. */
  readonly stage: string;
  /** What becomes of the key with the stack. KMS waits 30 days before it destroys one. */
  readonly removalPolicy: RemovalPolicy;
}

/** Services on whose behalf a Lambda uses the key. */
export type KeyUser = 'sqs' | 's3' | 'dynamodb' | 'secretsmanager';

/**
 * What AWS's documents abbreviate as `kms:GenerateDataKey*` and `kms:ReEncrypt*`, spelt out: the abbreviations
 * would also admit key pairs, which nothing here uses.
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

/** The one customer managed key: queues, table, bucket, secrets and logs are encrypted with it. */
export class EncryptionKey extends Construct {
  /** The key, for the properties of the resources that it encrypts. */
  readonly key: Key;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      alias: `ocrolus-${props.stage}`,
      description: `Ocrolus webhooks, stage ${props.stage}`,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
    });
    // CloudWatch Logs encrypts under its own name, so the key itself must admit it, for our log groups only.
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
   * A statement that lets a role use the key, though only through the services named: with the role's
   * credentials alone nothing can be decrypted.
   */
  usableThrough(services: readonly KeyUser[], actions: readonly string[]): PolicyStatement {
    const via = services.map((service) => `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`);
    return new PolicyStatement({
      actions: [...actions],
      resources: [this.key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': via } },
    });
  }
}
