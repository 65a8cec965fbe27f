import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import packageJson from 'ocrolus-webhooks/package.json' with { type: 'json' };
import { METRIC_NAMESPACE } from '../../../shared/telemetry/metrics.ts';
import { Settings } from '../../config/settings.ts';
import { EXPIRING_DAYS } from '../../constructs/monitoring/alarm-definition.ts';
import { alarmsFinding } from '../health/checks.ts';
import { readAlarms } from '../target/alarms.ts';
import { explainErrors } from '../target/aws-errors.ts';
import { findStageStack, type StageStack } from '../target/stage-stack.ts';
import { type Check, type Finding, fail, ok, warn } from './check.ts';

/** A stage, which need not be deployed. */
export interface StageContext {
  readonly stage: string;
  readonly cloudFormation: CloudFormationClient;
  /** The stack of the stage, read once. @throws Error */
  findStack(): Promise<StageStack>;
  readonly cloudWatch: CloudWatchClient;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly now: number;
}

export function openStageContext(stage: string): StageContext {
  const cloudFormation = explainErrors(new CloudFormationClient({}));
  const ssm = explainErrors(new SSMClient({}));
  let found: Promise<StageStack> | undefined;
  return {
    stage,
    cloudFormation,
    cloudWatch: explainErrors(new CloudWatchClient({})),
    findStack: () => (found ??= findStageStack(stage, { cloudFormation, ssm })),
    lambda: explainErrors(new LambdaClient({})),
    sqs: explainErrors(new SQSClient({})),
    now: Date.now(),
  };
}

const HOUR_MS = 3_600_000;

/** Default of the setting `lambdaConcurrency`, for a stage that is not deployed yet. */
const DEFAULT_CONCURRENCY = Settings.shape.lambdaConcurrency.parse(undefined);

/** The poller runs at least once an hour (`poll.minutes`). */
const POLLER_HOURS = 2;

/** Checks without which no call to AWS can succeed. */
export const ACCESS_CHECKS: readonly Check<StageContext>[] = [
  {
    name: 'region',
    otherwise: 'name it: --region, or AWS_REGION, or in the profile',
    run: async ({ cloudFormation }) => ok(await cloudFormation.config.region()),
  },
  {
    name: 'credentials',
    otherwise: 'sign in, for example with "aws sso login", or name a profile: --profile',
    async run({ cloudFormation }) {
      const { expiration } = await cloudFormation.config.credentials();
      return ok(expiration === undefined ? 'found' : `found; they end at ${expiration.toISOString()}`);
    },
  },
];

export const STAGE_CHECKS: readonly Check<StageContext>[] = [
  {
    name: 'stack',
    otherwise: 'check region and profile; "npx cdk deploy -c stage=<stage>" deploys it',
    async run(context) {
      const { stack, outputs } = await context.findStack();
      const { StackStatus = 'unknown' } = stack;
      if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(StackStatus))
        return versionFinding(StackStatus, outputs.Version);
      return /IN_PROGRESS$/.test(StackStatus)
        ? warn(StackStatus, 'wait until the deployment has ended')
        : fail(
            StackStatus,
            'see its events in CloudFormation: the last deployment failed. docs/operations.md',
          );
    },
  },
  {
    name: 'protection',
    otherwise: 'check region and profile',
    async run(context) {
      const { stack } = await context.findStack();
      const { EnableTerminationProtection } = stack;
      return EnableTerminationProtection === true
        ? ok('on')
        : warn('the stack can be deleted by mistake', `ops protect --stage ${context.stage}`);
    },
  },
  {
    name: 'concurrency',
    otherwise: 'needs lambda:GetAccountSettings',
    async run(context) {
      const { AccountLimit } = await context.lambda.send(new GetAccountSettingsCommand({}));
      const quota = AccountLimit?.ConcurrentExecutions ?? 0;
      const outputs = await context.findStack().then(
        (found) => found.outputs,
        () => ({ LambdaConcurrency: undefined }),
      );
      const needed = Number(outputs.LambdaConcurrency ?? DEFAULT_CONCURRENCY);
      const found = `${quota} of Lambda in this account; the stage counts on ${needed}`;
      return quota >= needed
        ? ok(found)
        : fail(
            found,
            'ask for more (Service Quotas, Lambda, L-B99A9384), or lower consumerMaximumConcurrency',
          );
    },
  },
  {
    name: 'certificate',
    otherwise: 'needs cloudwatch:GetMetricData',
    async run(context) {
      const { CertificateArn } = (await context.findStack()).outputs;
      if (CertificateArn === undefined) return ok('none: the API is private');
      const days = await daysToExpiry(context, CertificateArn);
      const todo = 'see in ACM why it is not renewed; docs/runbook.md#certificate-expiring';
      if (days === undefined) return fail('expired, or of another region: ACM does not count its days', todo);
      const found = `valid for ${Math.floor(days)} days`;
      return days < EXPIRING_DAYS ? fail(found, todo) : ok(found);
    },
  },
  {
    name: 'alarms',
    otherwise: 'needs cloudwatch:DescribeAlarms',
    async run({ stage, cloudWatch }) {
      return alarmsFinding(stage, await readAlarms(stage, cloudWatch));
    },
  },
  {
    name: 'published events',
    otherwise: 'needs sqs:GetQueueAttributes',
    async run({ findStack, sqs }) {
      const { EventDeadLetterQueueUrl: QueueUrl } = (await findStack()).outputs;
      if (QueueUrl === undefined) return ok('changes are not published: events.enabled');
      const name = 'ApproximateNumberOfMessages';
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }),
      );
      const count = Number(Attributes?.[name] ?? 0);
      const found = `${count} batches of changes were given up within 14 days`;
      return count === 0 ? ok('none is lost') : fail(found, 'docs/runbook.md#events-unpublished', { count });
    },
  },
  {
    name: 'poller',
    otherwise: 'needs cloudwatch:GetMetricData',
    async run(context) {
      return (await hasPollerRun(context))
        ? ok(`has run within ${POLLER_HOURS} hours`)
        : fail(
            `no run has ended successfully within ${POLLER_HOURS} hours`,
            `ops poll --stage ${context.stage}; docs/runbook.md#poller-silent`,
          );
    },
  },
];

/** A command of another version may show less than there is, or advise what is not there. */
function versionFinding(status: string, deployed = '0.2.0 or earlier'): Finding {
  const { version } = packageJson;
  return deployed === version
    ? ok(`${status}, version ${version}`)
    : warn(
        `${status}, version ${deployed}; this command is of ${version}`,
        'use the same version: docs/upgrading.md',
      );
}

/** Days that the certificate of the host name is still valid, as ACM has counted within two days. */
async function daysToExpiry({ cloudWatch, now }: StageContext, Value: string): Promise<number | undefined> {
  const Dimensions = [{ Name: 'CertificateArn', Value }];
  const Metric = { Namespace: 'AWS/CertificateManager', MetricName: 'DaysToExpiry', Dimensions };
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - 48 * HOUR_MS),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Stat: 'Minimum', Period: 3600 } }],
    }),
  );
  return MetricDataResults?.[0]?.Values?.[0];
}

async function hasPollerRun({ cloudWatch, stage, now }: StageContext): Promise<boolean> {
  const Dimensions = [{ Name: 'stage', Value: stage }];
  const Metric = { Namespace: METRIC_NAMESPACE, MetricName: 'PollerRun', Dimensions };
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - POLLER_HOURS * HOUR_MS),
      EndTime: new Date(now),
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Stat: 'Sum', Period: 60 } }],
    }),
  );
  return MetricDataResults?.[0]?.Values?.some((runs) => runs > 0) === true;
}
