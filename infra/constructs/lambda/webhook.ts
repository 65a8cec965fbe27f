import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Alias, type IFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { webhookEnvironment } from '../../config/environment.ts';
import { type AccountSecrets, webhookSecrets } from '../account-secrets.ts';
import type { ChannelQueue } from '../channel-queue.ts';
import type { BodyBucket } from '../storage/body-bucket.ts';
import { type FunctionDefaults, jsonOf, NodeFunction } from './node-function.ts';
import { WebhookCanary } from './webhook-canary.ts';

export interface WebhookProps extends FunctionDefaults {
  readonly queues: ReadonlyMap<string, ChannelQueue>;
  readonly secrets: ReadonlyMap<string, AccountSecrets>;
  /** Stores bodies that are too large for a message. */
  readonly bodies: BodyBucket;
}

/** Receives deliveries: verifies, identifies and queues them. */
export class Webhook extends Construct {
  readonly lambda: LambdaFunction;
  /** Its deployed version, which the API invokes. */
  readonly alias: IFunction;

  constructor(scope: Construct, id: string, props: WebhookProps) {
    super(scope, id);
    const { settings, queues, secrets, bodies } = props;
    const webhook = new NodeFunction(this, 'Lambda', {
      ...props,
      name: 'webhook',
      description: 'Receives Ocrolus webhooks',
      // Ocrolus waits 5 to 10 seconds for an answer and ignores a later one.
      timeout: Duration.seconds(10),
      memorySize: 512,
      traced: true,
      environment: {
        ...webhookEnvironment(settings),
        ACCOUNTS: webhookSecrets(secrets),
        QUEUE_URLS: jsonOf(queues, ({ queue }) => queue.queueUrl),
        BUCKET_NAME: bodies.bucket.bucketName,
      },
      reservedConcurrentExecutions: settings.webhookReservedConcurrency,
    });
    this.lambda = webhook.lambda;
    const alias = this.lambda.addAlias('live');
    // Versions stay, so that the alias can be moved back at once. One of a failed deployment is deleted: Lambda publishes no
    // second version of the same code in a row, and the next deployment would fail.
    this.lambda.currentVersion.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    if (!isIFunction(alias)) throw new Error('expected an alias');
    this.alias = alias;
    if (settings.webhookDeployment === 'canary')
      new WebhookCanary(this, 'Canary', { stage: settings.stage, alias });
    bodies.emptyAfter(this.lambda);
    webhook.allow(
      ['sqs:SendMessage'],
      [...queues.values()].map((channel) => channel.queue.queueArn),
    );
    webhook.allow(
      ['secretsmanager:GetSecretValue'],
      [...secrets.values()].map((secret) => secret.webhook.secretArn),
    );
    webhook.allow(['s3:PutObject'], [bodies.below('deliveries')]);
    // SQS and S3 generate a data key and decrypt it again as a check; secrets are decrypted.
    webhook.allowStatement(
      props.encryptionKey.usableThrough(
        ['sqs', 's3', 'secretsmanager'],
        ['kms:Decrypt', 'kms:GenerateDataKey'],
      ),
    );
  }
}

/** `Alias` implements `IFunction`, but `exactOptionalPropertyTypes` refuses its `role`, which may be `undefined`. */
function isIFunction(alias: Construct): alias is Construct & IFunction {
  return alias instanceof Alias;
}
