import {
  CloudWatchClient,
  type DescribeAlarmsCommandInput,
  type GetMetricDataCommandInput,
  type MetricAlarm,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { vi } from 'vitest';

/** Content of a CloudWatch. */
export interface Known {
  /** Composite alarms by name, with their children. */
  readonly alarms?: Readonly<Record<string, readonly MetricAlarm[]>>;
  /** The values of a metric, latest first. */
  readonly values?: (metric: NonNullable<MetricDataQuery['MetricStat']>['Metric']) => readonly number[];
}

/** A client of a CloudWatch in memory, which answers as AWS's reference says. @returns it, and what it was asked. */
export function cloudWatchWith({ alarms = {}, values = () => [] }: Known) {
  const client = new CloudWatchClient({ region: 'us-east-1' });
  const asked: (DescribeAlarmsCommandInput | GetMetricDataCommandInput)[] = [];
  vi.spyOn(client, 'send').mockImplementation(async ({ input }: { readonly input: object }) => {
    asked.push(input);
    return isMetrics(input) ? measured(input, values) : described(input, alarms);
  });
  return { client, asked };
}

function isMetrics(input: object): input is GetMetricDataCommandInput {
  return 'MetricDataQueries' in input;
}

function measured(
  { MetricDataQueries = [], StartTime }: GetMetricDataCommandInput,
  values: NonNullable<Known['values']>,
) {
  return {
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }) => ({
      Id,
      Values: values(MetricStat?.Metric),
      Timestamps: values(MetricStat?.Metric).map(
        (_, index) => new Date((StartTime?.getTime() ?? 0) + index * 1000 * (MetricStat?.Period ?? 60)),
      ),
    })),
  };
}

/** Shows only name and state of children, and everything by name. */
function described(
  { ChildrenOfAlarmName, AlarmNames, AlarmNamePrefix }: DescribeAlarmsCommandInput,
  alarms: NonNullable<Known['alarms']>,
) {
  if (ChildrenOfAlarmName !== undefined) {
    const children = alarms[ChildrenOfAlarmName] ?? [];
    return { MetricAlarms: children.map(({ AlarmName, StateValue }) => ({ AlarmName, StateValue })) };
  }
  const isAsked = (name = '') => AlarmNames?.includes(name) ?? name.startsWith(AlarmNamePrefix ?? '');
  const children = Object.values(alarms).flat();
  return {
    CompositeAlarms: Object.keys(alarms)
      .filter(isAsked)
      .map((AlarmName) => ({ AlarmName, StateValue: 'OK', AlarmDescription: 'Runbook: #page' })),
    MetricAlarms: children.filter(({ AlarmName }) => isAsked(AlarmName)),
  };
}
