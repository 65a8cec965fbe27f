import { RemovalPolicy } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { EncryptionKey } from './encryption-key.ts';

export interface AccountSecretsProps {
  /** Part of the secrets' names. */
  readonly stage: string;
  /** The Ocrolus API account that they belong to. */
  readonly account: string;
  /** Encrypts them. */
  readonly encryptionKey: EncryptionKey;
}

/**
 * What one Ocrolus API account needs to be kept secret. The secrets go with the account or the stack, and at once (AWS:
 * "DeletionPolicy attribute"): kept, they would occupy their names, and the account could not be served again. A new
 * signing secret is generated, and API credentials are issued in the Ocrolus Dashboard.
 */
export class AccountSecrets extends Construct {
  /** `{"current", "previous"?, "basic"?}`: proves that a delivery comes from Ocrolus. */
  readonly webhook: Secret;
  /** `{"clientId", "clientSecret"}`: opens Ocrolus's API. The operator fills it in. */
  readonly credentials: Secret;

  constructor(scope: Construct, id: string, props: AccountSecretsProps) {
    super(scope, id);
    const prefix = `ocrolus/${props.stage}/${props.account}`;
    const common = { encryptionKey: props.encryptionKey.key, removalPolicy: RemovalPolicy.DESTROY };
    // Any change to `generateSecretString` makes CloudFormation generate a new value over what operators and
    // rotations have put there: leave both as they are once a stage is deployed.
    this.webhook = new Secret(this, 'Webhook', {
      ...common,
      secretName: `${prefix}/webhook`,
      description: `Signs the deliveries of the Ocrolus account ${props.account}`,
      generateSecretString: {
        secretStringTemplate: '{"basic":[]}',
        generateStringKey: 'current',
        // Ocrolus takes 16 to 128 characters.
        passwordLength: 64,
        excludePunctuation: true,
      },
    });
    this.credentials = new Secret(this, 'Credentials', {
      ...common,
      secretName: `${prefix}/credentials`,
      description: `API credentials of the Ocrolus account ${props.account}; to be filled in`,
      generateSecretString: {
        secretStringTemplate: '{"clientId":""}',
        generateStringKey: 'clientSecret',
      },
    });
  }
}
