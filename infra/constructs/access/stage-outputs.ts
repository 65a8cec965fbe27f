import type { CfnWaitConditionHandle } from 'aws-cdk-lib';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import packageJson from 'ocrolus-webhooks/package.json' with { type: 'json' };
import { concurrencyOf } from '../../config/checks.ts';
import type { Settings } from '../../config/settings.ts';
import type { AccountSecrets } from '../account-secrets.ts';
import type { ChannelQueue } from '../channel-queue.ts';
import type { Consumer } from '../lambda/consumer.ts';
import { jsonOf } from '../lambda/node-function.ts';
import type { Poller } from '../lambda/poller.ts';
import type { Publisher } from '../lambda/publisher.ts';
import type { Registration } from '../lambda/registration.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Network } from '../network.ts';
import type { StageStorage } from '../storage/stage-storage.ts';
import type { WebhookApi } from '../webhook-api.ts';
import type { OperatorAccess } from './operator-access.ts';

/** Parts of a stage that its outputs name. */
export interface OutputParts extends Pick<StageStorage, 'table' | 'bodies'> {
  readonly settings: Settings;
  /** URLs of the webhook, by account. */
  readonly urls: ReadonlyMap<string, string>;
  readonly queues: ReadonlyMap<string, ChannelQueue>;
  readonly functions: ReadonlyMap<string, { readonly lambda: LambdaFunction }>;
  readonly consumers: ReadonlyMap<string, Consumer>;
  readonly secrets: ReadonlyMap<string, AccountSecrets>;
  readonly registration: Registration;
  readonly poller: Poller;
  readonly ledgerIndex: CfnWaitConditionHandle;
  readonly operators: OperatorAccess;
  readonly readers: IManagedPolicy;
  readonly api: WebhookApi;
  readonly network: Network;
  readonly monitoring: Monitoring;
  readonly publisher: Publisher | undefined;
}

/**
 * Outputs of every stage. Many are JSON objects, by account, channel or function: `ops --stage` finds the stage's resources
 * through them.
 */
export function stageOutputs(parts: OutputParts): Record<string, string> {
  const { settings, functions, queues, secrets, registration, monitoring, publisher } = parts;
  const { apiUrl, authUrl, tokenFormat, audience } = settings.ocrolus;
  return {
    Version: packageJson.version,
    WebhookUrls: jsonOf(parts.urls, (url) => url),
    QueueUrls: jsonOf(queues, ({ queue }) => queue.queueUrl),
    DeadLetterQueueUrls: jsonOf(queues, ({ deadLetterQueue }) => deadLetterQueue.queueUrl),
    ...(registration.states.size > 0 && {
      RegistrationStates: jsonOf(registration.states, (state) => state),
    }),
    PollerScheduleName: parts.poller.scheduleName,
    FunctionNames: jsonOf(functions, ({ lambda }) => lambda.functionName),
    LogGroupNames: jsonOf(functions, ({ lambda }) => lambda.logGroup.logGroupName),
    EventSourceMappingIds: jsonOf(parts.consumers, ({ mapping }) => mapping.eventSourceMappingId),
    WebhookSecretArns: jsonOf(secrets, ({ webhook }) => webhook.secretArn),
    CredentialsSecretArns: jsonOf(secrets, ({ credentials }) => credentials.secretArn),
    TableName: parts.table.table.tableName,
    TableArn: parts.table.table.tableArn,
    LedgerIndexId: parts.ledgerIndex.logicalId,
    BucketName: parts.bodies.bucket.bucketName,
    OperatorPolicyArns: jsonOf(parts.operators.policies, ({ managedPolicyArn }) => managedPolicyArn),
    ReaderPolicyArn: parts.readers.managedPolicyArn,
    AccessLogGroupName: parts.api.accessLog.logGroupName,
    VpcEndpointId: parts.network.endpoint.vpcEndpointId,
    // Settings that `ops` needs.
    OcrolusAddresses: JSON.stringify({ apiUrl, authUrl, tokenFormat, audience }),
    LambdaConcurrency: String(Math.max(concurrencyOf(settings), settings.lambdaConcurrency)),
    AlarmTopicArns: JSON.stringify(monitoring.topics.map(({ topicArn }) => topicArn)),
    ...(monitoring.dashboardName !== undefined && { DashboardName: monitoring.dashboardName }),
    ...(publisher !== undefined && {
      EventBusArn: publisher.bus.eventBusArn,
      EventDeadLetterQueueUrl: publisher.deadLetterQueue.queueUrl,
    }),
  };
}
