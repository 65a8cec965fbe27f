import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { TOKEN_FORMATS } from '../../../shared/ocrolus/settings.ts';
import { openBodies } from '../../../shared/store/bodies/result-bodies.ts';
import { createReader } from '../../../shared/store/reader.ts';
import { openTable } from '../../../shared/store/table.ts';
import { openStageLogs } from '../logs/stage-logs.ts';
import { readStageMetrics } from '../metrics/values.ts';
import { readStageAges } from '../queues/ages.ts';
import { readAlarms } from './alarms.ts';
import { explainErrors } from './aws-errors.ts';
import { setProtection } from './protection.ts';
import { findStageStack, type StageStack } from './stage-stack.ts';
import { POLL_NOW, readCredentials, type Target } from './target.ts';

const Json = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(schema);
const ByName = z.record(z.string(), z.string());

/** Outputs of `infra/ocrolus-webhooks.ts` that commands need. */
const Outputs = z.object({
  TableName: z.string(),
  BucketName: z.string(),
  WebhookUrls: Json(ByName),
  QueueUrls: Json(ByName),
  DeadLetterQueueUrls: Json(ByName),
  FunctionNames: Json(ByName),
  WebhookSecretArns: Json(ByName),
  CredentialsSecretArns: Json(ByName).default({}),
  /** Missing in a stage of an earlier version, which can still be inspected. */
  LogGroupNames: Json(ByName).default({}),
  EventSourceMappingIds: Json(ByName).default({}),
  LedgerIndexId: z.string().optional(),
  OcrolusAddresses: Json(
    z.object({
      apiUrl: z.string(),
      authUrl: z.string(),
      tokenFormat: z.enum(TOKEN_FORMATS).optional(),
      audience: z.string().optional(),
    }),
  ).optional(),
});

const Secret = z.looseObject({ current: z.string().optional() });

/** Finds a deployed stage by its stack outputs, with the credentials and region of the environment. @throws Error */
export async function openStageTarget(stage: string): Promise<Target> {
  const cloudFormation = explainErrors(new CloudFormationClient({}));
  const found = await findStageStack(stage, { cloudFormation, ssm: explainErrors(new SSMClient({})) });
  const outputs = parseOutputs(found);
  const queues = Object.fromEntries(
    Object.entries(outputs.QueueUrls).map(([channel, url]) => {
      return [channel, { url, dlqUrl: outputs.DeadLetterQueueUrls[channel] ?? null }] as const;
    }),
  );
  const dynamodb = explainErrors(new DynamoDBClient({}));
  const lambda = explainErrors(new LambdaClient({}));
  const secrets = explainErrors(new SecretsManagerClient({}));
  const cloudWatch = explainErrors(new CloudWatchClient({}));
  const mappingOf = (channel: string) => of(outputs.EventSourceMappingIds, channel, 'consumer of channel');
  const table = (name = outputs.TableName) => openTable(name, dynamodb);
  const bodies = openBodies(outputs.BucketName, explainErrors(new S3Client({})));
  const invoke = async (name: string, event: object): Promise<unknown> => {
    const FunctionName = of(outputs.FunctionNames, name, 'function');
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
    );
    if (FunctionError !== undefined) throw new Error(`${name} failed: ${FunctionError}`);
    return JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as unknown;
  };
  return {
    reader: createReader(table(), bodies),
    table,
    ledgerIndexedSince: () => readIndexStart(found.name, outputs.LedgerIndexId, cloudFormation),
    bodies,
    sqs: explainErrors(new SQSClient({})),
    accounts: async () => Object.keys(outputs.WebhookUrls),
    async ocrolus(account) {
      const SecretId = of(outputs.CredentialsSecretArns, account, 'account');
      const { SecretString = '', CreatedDate } = await secrets.send(new GetSecretValueCommand({ SecretId }));
      const changedAt = CreatedDate?.toISOString();
      if (outputs.OcrolusAddresses === undefined)
        throw new Error(`stage ${stage} does not say how it reaches Ocrolus: deploy this version first`);
      const { apiUrl, authUrl, tokenFormat, audience } = outputs.OcrolusAddresses;
      const credentials = readCredentials(SecretString);
      return { apiUrl, authUrl, tokenFormat, audience, credentials, changedAt };
    },
    queues,
    webhookUrl: (account) => of(outputs.WebhookUrls, account, 'account'),
    async webhookSecret(account) {
      const SecretId = of(outputs.WebhookSecretArns, account, 'account');
      const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
      const { current } = Secret.parse(JSON.parse(SecretString));
      if (current === undefined)
        throw new Error(`the webhook secret of ${account} has no "current": docs/runbook.md#secret-missing`);
      return current;
    },
    poll: () => invoke('poller', POLL_NOW),
    invoke,
    simulate: async () => {
      throw new Error('a stage has no simulated Ocrolus: leave out --stage');
    },
    protect: (isOn) =>
      setProtection(found, isOn, {
        cloudFormation,
        loadBalancing: explainErrors(new ElasticLoadBalancingV2Client({})),
      }),
    logs: openStageLogs(outputs.LogGroupNames, explainErrors(new CloudWatchLogsClient({}))),
    queueAges: () => readStageAges(queues, cloudWatch, Date.now()),
    async setConsuming(channel, Enabled) {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mappingOf(channel), Enabled }));
    },
    async pausedChannels() {
      const paused = await Promise.all(
        Object.keys(queues).map(async (channel) => {
          const read = new GetEventSourceMappingCommand({ UUID: mappingOf(channel) });
          const { State } = await lambda.send(read);
          return State === 'Disabled' || State === 'Disabling' ? [channel] : [];
        }),
      );
      return paused.flat();
    },
    metrics: (series, range) => readStageMetrics(stage, cloudWatch, series, range),
    alarms: () => readAlarms(stage, cloudWatch),
    pollSeconds: undefined,
  };
}

function parseOutputs({ name, outputs }: StageStack) {
  const parsed = Outputs.safeParse(outputs);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path }) => path[0]).join(', ');
  throw new Error(`${name} lacks these outputs: ${names}; was it deployed by another version?`);
}

/** Time of the creation of a resource. @returns `undefined` if the stage's version does not index the ledger. */
async function readIndexStart(
  StackName: string,
  LogicalResourceId: string | undefined,
  cloudFormation: CloudFormationClient,
): Promise<string | undefined> {
  if (LogicalResourceId === undefined) return undefined;
  const { StackResourceDetail } = await cloudFormation.send(
    new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
  );
  const isCreated = StackResourceDetail?.ResourceStatus === 'CREATE_COMPLETE';
  return isCreated ? StackResourceDetail.LastUpdatedTimestamp?.toISOString() : undefined;
}

function of(named: Readonly<Record<string, string>>, name: string, what: string): string {
  const value = named[name];
  if (value === undefined) throw new Error(`the stack has no ${what} ${name}`);
  return value;
}
