import {
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { GROUPS, UNGROUPED, type Urgency, urgencyOf } from '../../constructs/monitoring/alarm-definition.ts';

export interface Alarm {
  readonly name: string;
  readonly urgency: Urgency;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** ISO 8601 time since which it has been in this state; `null` if CloudWatch does not say. */
  readonly since: string | null;
  /** Impact, first step, and the section of the runbook. */
  readonly description: string;
  /** CloudWatch's reason: metric and threshold. */
  readonly reason: string;
  /** True for one that sends the notifications of its group. */
  readonly isComposite: boolean;
}

/** Maximum number of names in one request (AWS: DescribeAlarms). */
const MAX_NAMES = 100;

/** Prefix of a stage's alarms. Those of the stage `prod-eu` begin with the prefix of `prod`, too. */
export function alarmPrefix(stage: string): string {
  return `ocrolus-${stage}-`;
}

/**
 * Reads the alarms of a stage, in any state: for each group the composite alarm, then its children; then those that are in
 * no group. Children are found through the composites, because a prefix of names also fits other stages. Needs
 * cloudwatch:DescribeAlarms on `*`.
 */
export async function readAlarms(stage: string, client: CloudWatchClient): Promise<Alarm[]> {
  const prefix = alarmPrefix(stage);
  const alarms = await Promise.all([
    ...GROUPS.map(async (group) => {
      const composite = `${prefix}${group}`;
      const names = [composite, ...(await childrenOf(composite, client))];
      return (await describe(names, client)).map((alarm) => ({ ...alarm, urgency: urgencyOf(group) }));
    }),
    describe(
      UNGROUPED.map((name) => `${prefix}${name}`),
      client,
    ).then((own) => own.map((alarm) => ({ ...alarm, urgency: urgencyOf('ungrouped') }))),
  ]);
  return alarms.flat();
}

async function childrenOf(ChildrenOfAlarmName: string, client: CloudWatchClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { ChildrenOfAlarmName })) {
    for (const { AlarmName } of MetricAlarms) if (AlarmName !== undefined) names.push(AlarmName);
  }
  return names;
}

/** Describes alarms by name: the answer about children has neither descriptions nor reasons. */
async function describe(
  names: readonly string[],
  client: CloudWatchClient,
): Promise<Omit<Alarm, 'urgency'>[]> {
  const alarms: Omit<Alarm, 'urgency'>[] = [];
  for (let start = 0; start < names.length; start += MAX_NAMES) {
    const AlarmNames = names.slice(start, start + MAX_NAMES);
    const pages = paginateDescribeAlarms(
      { client },
      { AlarmNames, AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] },
    );
    for await (const { CompositeAlarms = [], MetricAlarms = [] } of pages) {
      alarms.push(...CompositeAlarms.map((alarm) => toAlarm(alarm, true)));
      alarms.push(...MetricAlarms.map((alarm) => toAlarm(alarm, false)));
    }
  }
  return alarms;
}

function toAlarm(alarm: CompositeAlarm | MetricAlarm, isComposite: boolean): Omit<Alarm, 'urgency'> {
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
