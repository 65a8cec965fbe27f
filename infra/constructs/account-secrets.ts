import { RemovalPolicy } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { EncryptionKey } from './encryption-key.ts';

export interface AccountSecretsProps {
  /** Part of the secrets' names. */
  readonly stage: string;
  /** Ocrolus API account of the secrets. */
  readonly account: string;
  /** Encrypts them. */
  readonly encryptionKey: EncryptionKey;
}

/**
 * Secrets of one Ocrolus API account. They are deleted with the account or the stack, without a recovery window (AWS:
 * "DeletionPolicy attribute"): a retained secret would occupy its name, and the account could not be added again.
 * Both can be replaced: the stack generates a signing secret, and the Ocrolus Dashboard issues API credentials.
 */
export class AccountSecrets extends Construct {
  /** `{"current", "previous"?, "basic"?}`: proves that a delivery comes from Ocrolus. */
  readonly webhook: Secret;
  /** `{"clientId", "clientSecret"}`: the credentials for Ocrolus's API. An operator sets them. */
  readonly credentials: Secret;

  constructor(scope: Construct, id: string, props: AccountSecretsProps) {
    super(scope, id);
    const prefix = `ocrolus/${props.stage}/${props.account}`;
    const common = { encryptionKey: props.encryptionKey.key, removalPolicy: RemovalPolicy.DESTROY };
    // Do not change `generateSecretString` of either secret: CloudFormation would generate a new value and overwrite what
    // operators and rotations have stored.
    this.webhook = new Secret(this, 'Webhook', {
      ...common,
      secretName: `${prefix}/webhook`,
      description: `Signs the deliveries of the Ocrolus account ${props.account}`,
      generateSecretString: {
        secretStringTemplate: '{"basic":[]}',
        generateStringKey: 'current',
        // Ocrolus accepts 16 to 128 characters.
        passwordLength: 64,
        excludePunctuation: true,
      },
    });
    this.credentials = new Secret(this, 'Credentials', {
      ...common,
      secretName: `${prefix}/credentials`,
      description: `API credentials of the Ocrolus account ${props.account}; an operator sets them`,
      generateSecretString: {
        secretStringTemplate: '{"clientId":""}',
        generateStringKey: 'clientSecret',
      },
    });
  }
}
