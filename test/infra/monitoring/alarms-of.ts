import type { Template } from 'aws-cdk-lib/assertions';
import type { SettingsInput } from '../../../infra/config/settings.ts';
import { resources, STAGE, synthesizeStack } from '../synthesized.ts';

/** A metric in the template, of an alarm or of one of its expressions. */
export interface WrittenMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

export interface WrittenAlarm extends Partial<WrittenMetric> {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly TreatMissingData: string;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly ReturnData: boolean;
    readonly MetricStat?: { readonly Metric: WrittenMetric; readonly Period: number; readonly Stat: string };
  }[];
}

export interface MonitoredStack {
  readonly template: Template;
  /** By name, without the stage's prefix; with their logical ids. */
  readonly alarms: ReadonlyMap<string, WrittenAlarm & { readonly logicalId: string }>;
}

/** The stack of some settings, and its alarms. */
export function monitored(settings: Omit<SettingsInput, 'stage'> = {}): MonitoredStack {
  const template = synthesizeStack(settings);
  const written = resources(template, 'AWS::CloudWatch::Alarm').map(([logicalId, { Properties }]) => {
    const alarm = { ...(Properties as WrittenAlarm), logicalId };
    return [alarm.AlarmName.replace(`ocrolus-${STAGE}-`, ''), alarm] as const;
  });
  return { template, alarms: new Map(written) };
}

/** @throws Error when there is no such alarm. */
export function alarmOf<A>(alarms: ReadonlyMap<string, A>, name: string): A {
  const alarm = alarms.get(name);
  if (alarm === undefined) throw new Error(`no alarm ${name}`);
  return alarm;
}

/** Every metric of an alarm. */
export function metricsOf(alarm: WrittenAlarm): WrittenMetric[] {
  const { Namespace, MetricName, Dimensions = [] } = alarm;
  if (Namespace !== undefined && MetricName !== undefined) return [{ Namespace, MetricName, Dimensions }];
  return (alarm.Metrics ?? []).flatMap(({ MetricStat }) =>
    MetricStat === undefined ? [] : [MetricStat.Metric],
  );
}
