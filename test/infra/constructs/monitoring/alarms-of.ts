import type { Template } from 'aws-cdk-lib/assertions';
import type { SettingsInput } from '../../../../infra/config/settings.ts';
import { type Resource, resources, STAGE, synthesizeStack } from '../../testing/synthesized.ts';

export interface MonitoredStack {
  readonly template: Template;
  /** Properties by name, without the stage's prefix; with their logical ids. */
  readonly alarms: ReadonlyMap<string, Resource>;
}

/** The stack of some settings, and its alarms. */
export function monitored(settings: Omit<SettingsInput, 'stage'> = {}): MonitoredStack {
  const template = synthesizeStack(settings);
  const written = resources(template, 'AWS::CloudWatch::Alarm').map(([logicalId, { Properties }]) => {
    const name: string = Properties.AlarmName.replace(`ocrolus-${STAGE}-`, '');
    return [name, { ...Properties, logicalId }] as const;
  });
  return { template, alarms: new Map(written) };
}

/** Every metric of an alarm: its own, or those of its expression. */
export function metricsOf(alarm: Resource = {}): Resource[] {
  if (alarm.MetricName !== undefined) return [alarm];
  const queries: Resource[] = alarm.Metrics ?? [];
  return queries.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
}
