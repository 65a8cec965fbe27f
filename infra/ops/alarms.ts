import {
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';

/** An alarm of a stage. */
export interface Alarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** ISO 8601: since when it has been in this state. */
  readonly since: string | null;
  /** What is at stake, what to do first, and the section of the runbook. */
  readonly description: string;
  /** CloudWatch's reason: metric and threshold. */
  readonly reason: string;
  /** One of the two that send the notifications. */
  readonly isComposite: boolean;
}

/** The alarms of a stage, by their names' beginning. The right to see composite alarms is on `*` (AWS: DescribeAlarms). */
export async function readAlarms(stage: string, client: CloudWatchClient): Promise<Alarm[]> {
  const alarms: Alarm[] = [];
  const AlarmNamePrefix = `ocrolus-${stage}-`;
  const pages = paginateDescribeAlarms(
    { client },
    { AlarmNamePrefix, AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] },
  );
  for await (const { CompositeAlarms = [], MetricAlarms = [] } of pages) {
    alarms.push(...CompositeAlarms.map((alarm) => toAlarm(alarm, true)));
    alarms.push(...MetricAlarms.map((alarm) => toAlarm(alarm, false)));
  }
  return alarms.filter(({ description }) => description.includes('Runbook: '));
}

function toAlarm(alarm: CompositeAlarm | MetricAlarm, isComposite: boolean): Alarm {
  const { AlarmName = '', StateValue = 'INSUFFICIENT_DATA', StateReason = '', AlarmDescription = '' } = alarm;
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name: AlarmName,
    state: StateValue,
    since: since?.toISOString() ?? null,
    description: AlarmDescription,
    reason: StateReason,
    isComposite,
  };
}
