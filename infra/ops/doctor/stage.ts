import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { METRIC_NAMESPACE } from '../../../shared/telemetry/metrics.ts';
import { concurrencyOf } from '../../config/concurrency.ts';
import { loadSettings } from '../../config/load.ts';
import { stackName } from '../../stack-name.ts';
import { nameCalls } from '../aws-calls.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** A stage, whether or not it can be opened. */
export interface StageContext {
  readonly stage: string;
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly lambda: LambdaClient;
  readonly now: number;
}

export function openStageContext(stage: string): StageContext {
  return {
    stage,
    cloudFormation: nameCalls(new CloudFormationClient({})),
    cloudWatch: nameCalls(new CloudWatchClient({})),
    lambda: nameCalls(new LambdaClient({})),
    now: Date.now(),
  };
}

const MINUTE_MS = 60_000;

/** A poller that runs every hour at most has run within two. */
const POLLER_HOURS = 2;

/** Deliveries are worked on within seconds; the alarms have the limits of the stage. */
const OLD_MINUTES = 15;

/** A composite alarm's members, and how bad it is if one is on. */
const COMPOSITES = { page: fail, ticket: warn } as const;

/** Without these, nothing can be asked of AWS. */
export const ACCESS_CHECKS: readonly Check<StageContext>[] = [
  {
    name: 'region',
    otherwise: 'name it: --region, or AWS_REGION, or in the profile',
    look: async ({ cloudFormation }) => ok(await cloudFormation.config.region()),
  },
  {
    name: 'credentials',
    otherwise: 'sign in, for example with "aws sso login", or name a profile: --profile',
    async look({ cloudFormation }) {
      const { expiration } = await cloudFormation.config.credentials();
      return ok(expiration === undefined ? 'found' : `found; they end at ${expiration.toISOString()}`);
    },
  },
];

export const STAGE_CHECKS: readonly Check<StageContext>[] = [
  {
    name: 'stack',
    otherwise: 'check region and profile; "npx cdk deploy -c stage=<stage>" deploys it',
    async look(context) {
      const { StackStatus = 'unknown' } = await readStack(context);
      if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(StackStatus)) return ok(StackStatus);
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
    async look(context) {
      const { EnableTerminationProtection } = await readStack(context);
      return EnableTerminationProtection === true
        ? ok('on')
        : warn('the stack can be deleted by mistake', `ops protect --stage ${context.stage}`);
    },
  },
  {
    name: 'concurrency',
    otherwise: 'needs lambda:GetAccountSettings and infra/config/<stage>.ts',
    async look({ lambda, stage }) {
      const settings = await loadSettings(stage);
      const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
      const quota = AccountLimit?.ConcurrentExecutions ?? 0;
      const needed = Math.max(concurrencyOf(settings), settings.lambdaConcurrency);
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
    name: 'alarms',
    otherwise: 'needs cloudwatch:DescribeAlarms',
    async look(context) {
      const on = await Promise.all(
        (['page', 'ticket'] as const).map(
          async (urgency) => [urgency, await alarmsOn(context, urgency)] as const,
        ),
      );
      for (const [urgency, names] of on) {
        const [first] = names;
        if (first === undefined) continue;
        const all = on.flatMap(([, some]) => some);
        return COMPOSITES[urgency](
          `on: ${all.join(', ')}`,
          `docs/runbook.md: the sections of these names, ${first} first`,
        );
      }
      return ok('none is on');
    },
  },
  {
    name: 'oldest message',
    otherwise: 'needs cloudwatch:GetMetricData',
    async look(context) {
      const queues = queueNames(await readStack(context));
      const age = (QueueName: string) =>
        latest(context, {
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateAgeOfOldestMessage',
          Stat: 'Maximum',
          dimensions: { QueueName },
          minutes: OLD_MINUTES,
        });
      const ages = await Promise.all(queues.map(([, name]) => age(name)));
      const seconds = Math.max(0, ...ages.map((age) => age ?? 0));
      const channel = queues[ages.indexOf(seconds)]?.[0];
      const found = `${Math.round(seconds / 60)} minutes${channel === undefined ? '' : ` in ${channel}`}`;
      return seconds < OLD_MINUTES * 60
        ? ok(found)
        : warn(found, `ops queues --stage ${context.stage}; docs/runbook.md#queue-age`);
    },
  },
  {
    name: 'poller',
    otherwise: 'needs cloudwatch:GetMetricData',
    async look(context) {
      const runs = await latest(context, {
        Namespace: METRIC_NAMESPACE,
        MetricName: 'PollerRun',
        Stat: 'Sum',
        dimensions: { stage: context.stage },
        minutes: POLLER_HOURS * 60,
      });
      return (runs ?? 0) > 0
        ? ok(`has run within ${POLLER_HOURS} hours`)
        : fail(
            `no run has ended successfully within ${POLLER_HOURS} hours`,
            `ops poll --stage ${context.stage}; docs/runbook.md#poller-silent`,
          );
    },
  },
];

/** @throws Error that names the call. */
async function readStack({ cloudFormation, stage }: StageContext): Promise<Stack> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName(stage) }));
  const [stack] = Stacks ?? [];
  if (stack === undefined) throw new Error(`there is no stack ${stackName(stage)}`);
  return stack;
}

/** Channel and name of each queue. */
function queueNames({ Outputs = [] }: Stack): [string, string][] {
  const text = Outputs.find(({ OutputKey }) => OutputKey === 'QueueUrls')?.OutputValue ?? '{}';
  const urls = JSON.parse(text) as Record<string, string>;
  return Object.entries(urls).map(([channel, url]) => [channel, url.split('/').at(-1) ?? '']);
}

/** Without `ocrolus-<stage>-`, as the runbook has them. */
async function alarmsOn({ cloudWatch, stage }: StageContext, urgency: string): Promise<string[]> {
  const prefix = `ocrolus-${stage}-`;
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudWatch.send(
      new DescribeAlarmsCommand({
        ChildrenOfAlarmName: `${prefix}${urgency}`,
        ...(NextToken && { NextToken }),
      }),
    );
    for (const { AlarmName = '', StateValue } of page.MetricAlarms ?? []) {
      if (StateValue === 'ALARM') names.push(AlarmName.replace(prefix, ''));
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return names;
}

interface Series {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Stat: 'Maximum' | 'Sum';
  readonly dimensions: Readonly<Record<string, string>>;
  readonly minutes: number;
}

/** Over the last minutes, as one value; `undefined` where nothing was measured. */
async function latest({ cloudWatch, now }: StageContext, series: Series): Promise<number | undefined> {
  const { Namespace, MetricName, Stat, dimensions, minutes } = series;
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace, MetricName, Dimensions };
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - minutes * MINUTE_MS),
      EndTime: new Date(now),
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Stat, Period: 60 } }],
    }),
  );
  const values = MetricDataResults?.[0]?.Values ?? [];
  if (values.length === 0) return undefined;
  return Stat === 'Sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
}
