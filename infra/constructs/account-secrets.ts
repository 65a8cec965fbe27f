import { RemovalPolicy } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ENCRYPTION_ACTIONS, type EncryptionKey } from './encryption-key.ts';
import { type FunctionDefaults, jsonOf, type NodeFunction } from './lambda/node-function.ts';
import type { BodyBucket } from './storage/body-bucket.ts';
import type { BookTable } from './storage/book-table.ts';

export interface AccountSecretsProps {
  /** Part of the secrets' names. */
  readonly stage: string;
  readonly account: string;
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

/** `{account: {webhookSecret}}`: the webhook gets no API credentials. */
export function webhookSecrets(secrets: ReadonlyMap<string, AccountSecrets>): string {
  return jsonOf(secrets, ({ webhook }) => ({ webhookSecret: webhook.secretArn }));
}

/** `{account: {credentials}}`: consumers and poller get no signing secrets. */
export function apiCredentials(secrets: ReadonlyMap<string, AccountSecrets>): string {
  return jsonOf(secrets, ({ credentials }) => ({ credentials: credentials.secretArn }));
}

/** `{account: {webhookSecret, credentials}}`, for the functions that set the signing secret at Ocrolus. */
export function allSecrets(secrets: ReadonlyMap<string, AccountSecrets>): string {
  return jsonOf(secrets, ({ webhook, credentials }) => ({
    webhookSecret: webhook.secretArn,
    credentials: credentials.secretArn,
  }));
}

/** Actions on the table, without `Scan`, whose cost grows with the number of all books. */
const TABLE_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
];

/** Resources of a function that asks Ocrolus and stores the answers. */
export interface OcrolusAccess extends FunctionDefaults {
  /** Holds books, documents, results, the ledger and the shared rate limit. */
  readonly table: BookTable;
  /** Hold the API credentials of every account. */
  readonly secrets: ReadonlyMap<string, AccountSecrets>;
  /** Holds large bodies of deliveries and results. */
  readonly bodies: BodyBucket;
}

/** Allows a function to ask Ocrolus and to store the answers. */
export function allowOcrolusAccess(
  lambda: NodeFunction,
  { table, secrets, encryptionKey }: OcrolusAccess,
): void {
  lambda.allow(TABLE_ACTIONS, [table.table.tableArn]);
  // DynamoDB requires all of these to read and write a table with a customer managed key.
  lambda.allowStatement(encryptionKey.usableThrough(['dynamodb'], ENCRYPTION_ACTIONS));
  lambda.allow(
    ['secretsmanager:GetSecretValue'],
    [...secrets.values()].map(({ credentials }) => credentials.secretArn),
  );
}
