import { hash } from 'node:crypto';
import { Annotations, CfnOutput, CfnWaitConditionHandle, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { CHANNELS } from '../shared/events/channels.ts';
import type { Settings } from './config/settings.ts';
import { AccountSecrets } from './constructs/account-secrets.ts';
import { ChannelQueue } from './constructs/channel-queue.ts';
import { CONSUMER_TIMEOUT, Consumer } from './constructs/consumer.ts';
import { EncryptionKey } from './constructs/encryption-key.ts';
import { AllowlistedIngress } from './constructs/ingress/allowlisted-ingress.ts';
import { Monitoring } from './constructs/monitoring/monitoring.ts';
import { Network } from './constructs/network.ts';
import { type FunctionDefaults, jsonOf } from './constructs/node-function.ts';
import { OperatorAccess } from './constructs/operator-access.ts';
import { Poller } from './constructs/poller.ts';
import { Probe } from './constructs/probe.ts';
import { Registration } from './constructs/registration.ts';
import { Rotation } from './constructs/rotation.ts';
import { BodyBucket } from './constructs/storage/body-bucket.ts';
import { BookTable } from './constructs/storage/book-table.ts';
import { StorageCheck } from './constructs/storage/storage-check.ts';
import { Webhook } from './constructs/webhook.ts';
import { WebhookApi } from './constructs/webhook-api.ts';

/** DynamoDB removes an item within about two days after it expires (AWS: DynamoDB TTL), and S3 counts whole days. */
const TTL_DAYS = 3;

export interface OcrolusWebhooksStackProps {
  /** The stage's settings. */
  readonly settings: Settings;
  readonly bundles: FunctionDefaults['bundles'];
}

/** All resources of a stage. Without the setting `aws`, it can be deployed to any account and region. */
export class OcrolusWebhooksStack extends Stack {
  constructor(scope: Construct, id: string, { settings, bundles }: OcrolusWebhooksStackProps) {
    const retained = settings.removalPolicy === 'retain';
    super(scope, id, {
      stackName: id,
      ...(settings.aws !== undefined && { env: settings.aws }),
      description: `Ocrolus webhooks, stage ${settings.stage}`,
      tags: settings.tags,
      terminationProtection: settings.security.terminationProtection,
    });
    // CDK gives each Lambda a redundant dependency on its role, which is harmless.
    this.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
    const { stage, security } = settings;
    const removalPolicy = retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    const { tableName, bucketName, keyArn } = settings.storage;
    const encryptionKey = new EncryptionKey(this, 'EncryptionKey', {
      ...{ stage, removalPolicy },
      adoptedKeyArn: keyArn,
    });
    const retainedProps = { encryptionKey, removalPolicy };
    // Queues have fixed names. A failed first deployment deletes those that it created, because the next one needs
    // the names.
    const queueProps = {
      encryptionKey,
      removalPolicy: retained ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : removalPolicy,
    };
    const logged = { ...retainedProps, logRetention: settings.logRetentionDays };

    const table = new BookTable(this, 'Books', {
      ...retainedProps,
      deletionProtection: retained,
      adoptedName: tableName,
    });
    const { results, payloads = settings.ledgerDays } = settings.retention;
    const retention = {
      deliveries: payloads,
      results: results === undefined ? undefined : results + TTL_DAYS,
    };
    const bodies = new BodyBucket(this, 'Bodies', {
      ...{ ...logged, retention },
      accessLogs: security.bucketAccessLogs,
      adoptedName: bucketName,
    });
    const secrets = new Map(
      settings.accounts.map((account) => {
        return [
          account,
          new AccountSecrets(this, `Secrets-${account}`, { encryptionKey, stage, account }),
        ] as const;
      }),
    );
    const queues = new Map(
      CHANNELS.map((channel) => {
        const props = { ...queueProps, stage, channel, consumerTimeout: CONSUMER_TIMEOUT };
        return [channel, new ChannelQueue(this, `Channel-${channel}`, props)] as const;
      }),
    );

    const common = {
      ...logged,
      dataProtection: security.logDataProtection,
      bundles,
      settings,
      secrets,
      table,
      bodies,
    };
    const webhook = new Webhook(this, 'Webhook', { ...common, queues });
    const poller = new Poller(this, 'Poller', { ...common, queues });
    const consumers = [...queues].map(([channel, queue]) => {
      return [channel, new Consumer(this, `Consumer-${channel}`, { ...common, channel, queue })] as const;
    });
    // No resource in AWS: its creation says since when every consumer has indexed the ledger of this table (docs/decisions/0030).
    const ledgerIndex = new CfnWaitConditionHandle(this, `LedgerIndex${ledgerIndexSuffix(tableName)}`);
    ledgerIndex.node.addDependency(...consumers.map(([, { lambda }]) => lambda));

    // Before any function uses it.
    const storage =
      tableName === undefined && bucketName === undefined
        ? undefined
        : new StorageCheck(this, 'Storage', { ...common, retention, deletionProtection: retained });
    if (storage !== undefined) {
      for (const user of [webhook, poller, ...consumers.map(([, consumer]) => consumer)]) {
        user.node.addDependency(storage.resource);
      }
    }

    const { ingress } = settings;
    const publicSubnets = ingress.kind === 'allowlisted';
    const network = new Network(this, 'Network', { ...logged, settings: settings.network, publicSubnets });
    const { endpoint } = network;
    const api = new WebhookApi(this, 'WebhookApi', { ...logged, settings, endpoint, lambda: webhook.alias });

    const publicIngress =
      ingress.kind === 'allowlisted'
        ? new AllowlistedIngress(this, 'Ingress', { ...logged, settings, ingress, network, api })
        : undefined;
    const urls = new Map(
      settings.accounts.map((account) => [account, (publicIngress ?? api).urlOf(account)]),
    );
    const registrationProps = {
      ...common,
      urlOf: (account: string) => (publicIngress ?? api).urlOf(account),
    };
    const registration = new Registration(this, 'Registration', {
      ...registrationProps,
      // Ocrolus tests the webhook during the deployment.
      after: [webhook, api, network, ...(publicIngress === undefined ? [] : [publicIngress])],
    });
    const probe =
      settings.probeMinutes === undefined || network.created === undefined
        ? undefined
        : new Probe(this, 'Probe', {
            ...common,
            minutes: settings.probeMinutes,
            endpoint: network.created,
            addresses: publicIngress?.endpointAddresses ?? [],
            url: (publicIngress ?? api).urlOf('{account}'),
            signer: registration.lambda,
          });
    const rotation = new Rotation(this, 'Rotation', registrationProps);
    const functions = new Map([
      ['webhook', webhook],
      ['poller', poller],
      ['registration', registration],
      ['rotation', rotation],
      ...(probe === undefined ? [] : [['probe', probe] as const]),
      ...consumers,
      ...(storage === undefined ? [] : ([['storage', storage]] as const)),
    ]);
    const monitoring = new Monitoring(this, 'Monitoring', {
      encryptionKey,
      resources: {
        settings,
        api: api.api.deploymentStage,
        accessLog: api.accessLog,
        ...(publicIngress !== undefined && { loadBalancer: publicIngress.loadBalancer }),
        queues,
        consumers: new Map(consumers.map(([channel, { lambda }]) => [channel, lambda])),
        webhook: webhook.lambda,
        poller: poller.lambda,
        upkeep: new Map([
          ['registration', registration.lambda],
          ['rotation', rotation.lambda],
        ]),
        table: table.table,
      },
    });
    // An alarm without data would go off before the first ping.
    if (probe !== undefined) monitoring.node.addDependency(probe);
    const operators = new OperatorAccess(this, 'Operators', {
      ...{ encryptionKey, table, bodies, queues, secrets },
      functions: [...functions.values()].map(({ lambda }) => lambda),
      invoked: [poller.lambda, registration.lambda],
      mappings: consumers.map(([, { mapping }]) => mapping),
    });
    const { emails, topicArn } = settings.alarms;
    if (retained && emails.length === 0 && topicArn === undefined) this.warnOfMissingRecipient();
    if (security.permissionsBoundary !== undefined) this.limitRoles(security.permissionsBoundary);
    this.output({
      // JSON objects, by account, channel or function. `ops --stage` finds the stage's resources through them.
      WebhookUrls: jsonOf(urls, (url) => url),
      QueueUrls: jsonOf(queues, ({ queue }) => queue.queueUrl),
      DeadLetterQueueUrls: jsonOf(queues, ({ deadLetterQueue }) => deadLetterQueue.queueUrl),
      ...(registration.states.size > 0 && {
        RegistrationStates: jsonOf(registration.states, (state) => state),
      }),
      PollerScheduleName: poller.scheduleName,
      FunctionNames: jsonOf(functions, ({ lambda }) => lambda.functionName),
      LogGroupNames: jsonOf(functions, ({ lambda }) => lambda.logGroup.logGroupName),
      EventSourceMappingIds: jsonOf(new Map(consumers), ({ mapping }) => mapping.eventSourceMappingId),
      WebhookSecretArns: jsonOf(secrets, ({ webhook }) => webhook.secretArn),
      CredentialsSecretArns: jsonOf(secrets, ({ credentials }) => credentials.secretArn),
      TableName: table.table.tableName,
      LedgerIndexId: ledgerIndex.logicalId,
      BucketName: bodies.bucket.bucketName,
      OperatorPolicyArns: jsonOf(operators.policies, ({ managedPolicyArn }) => managedPolicyArn),
      AccessLogGroupName: api.accessLog.logGroupName,
      VpcEndpointId: endpoint.vpcEndpointId,
      AlarmTopicArns: JSON.stringify(monitoring.topics.map(({ topicArn }) => topicArn)),
      ...(monitoring.dashboardName !== undefined && { DashboardName: monitoring.dashboardName }),
      ...publicIngress?.outputs(settings.accounts, api),
    });
  }

  /** Zones that CloudFormation chooses. CDK would look them up in AWS where account and region are known. */
  override get availabilityZones(): string[] {
    return [0, 1].map((n) => Fn.select(n, Fn.getAzs()));
  }

  /** Sets a permissions boundary on every role of the stack, including those that CDK creates. */
  private limitRoles(policyArn: string): void {
    const boundary = ManagedPolicy.fromManagedPolicyArn(this, 'PermissionsBoundary', policyArn);
    PermissionsBoundary.of(this).apply(boundary);
  }

  /** A stage that retains its data is probably in production, where alarms need a recipient. */
  private warnOfMissingRecipient(): void {
    const warning =
      'Alarms have no recipient: set alarms.emails or alarms.topicArn, or removalPolicy: "destroy" for a trial stage';
    Annotations.of(this).addWarningV2('ocrolus-webhooks:noAlarmRecipient', warning);
  }

  private output(outputs: Record<string, string>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

/** Tells adopted tables apart: a logical id has letters and digits only, so `books-2` and `books2` would be the same. */
function ledgerIndexSuffix(tableName: string | undefined): string {
  return tableName === undefined ? '' : hash('sha256', tableName).slice(0, 8);
}
