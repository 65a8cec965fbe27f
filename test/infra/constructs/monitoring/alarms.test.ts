import { describe, expect, test } from 'vitest';
import { ALARM_IDS } from '../../../../infra/constructs/monitoring/alarm-definition.ts';
import { METRIC_NAMESPACE, METRICS } from '../../../../shared/telemetry/metrics.ts';
import { FULL } from '../../testing/settings.ts';
import { type Resource, STAGE } from '../../testing/synthesized.ts';
import { metricsOf, monitored } from './alarms-of.ts';

const { alarms } = monitored(FULL);
test('there are alarms of every kind, and of no other', () => {
  const kinds = [...alarms.keys()].map((name) =>
    ALARM_IDS.filter((id) => name === id || name.startsWith(`${id}-`)),
  );
  for (const kind of kinds) expect(kind.length).toBeGreaterThan(0);
  expect(new Set(kinds.flat())).toEqual(new Set(ALARM_IDS));
});

/** The metrics of AWS that alarms use. An alarm on a metric that does not exist never goes off: check a new one in AWS's list. */
const AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway': ['4XXError', '5XXError', 'Latency'],
  'AWS/ApplicationELB': ['HTTPCode_ELB_5XX_Count', 'HTTPCode_Target_4XX_Count', 'UnHealthyHostCount'],
  'AWS/CertificateManager': ['DaysToExpiry'],
  'AWS/DynamoDB': ['ReadThrottleEvents', 'SystemErrors', 'WriteThrottleEvents'],
  'AWS/Lambda': ['Errors', 'Throttles', 'IteratorAge'],
  'AWS/SQS': ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'],
};

describe.each([...alarms])('%s', (name, alarm) => {
  test('has an impact, a first step and a link to the runbook', () => {
    const [impact = '', first = '', runbook = '', ...more] = alarm.AlarmDescription.split('\n');
    expect(impact).toMatch(/^[A-Z].{30,}\.$/);
    expect(first).toMatch(/^First: .{20,}\.$/);
    expect(runbook).toMatch(/^Runbook: docs\/runbook\.md#[a-z0-9-]+$/);
    expect(name.startsWith(runbook.split('#')[1] ?? '-')).toBe(true);
    expect(more).toEqual([]);
    expect(alarm.AlarmDescription).not.toMatch(/undefined|\[object|NaN/);
  });

  test('fits the limits of CloudWatch, whatever the stage is called', () => {
    expect(alarm.AlarmName.length - STAGE.length + 16).toBeLessThanOrEqual(255);
    expect(alarm.AlarmDescription.length + 300).toBeLessThanOrEqual(1024);
    expect(alarm.DatapointsToAlarm).toBeLessThanOrEqual(alarm.EvaluationPeriods);
    expect(metricsOf(alarm).length).toBeLessThanOrEqual(10);
    const queries: Resource[] = alarm.Metrics ?? [];
    for (const period of [alarm, ...queries.map(({ MetricStat }) => MetricStat)].flatMap(
      (it) => it?.Period ?? [],
    )) {
      expect(period % 60).toBe(0);
      // It looks back a day, or a week if its periods are hours.
      expect(period * alarm.EvaluationPeriods).toBeLessThanOrEqual(period >= 3600 ? 604_800 : 86_400);
    }
  });

  test('uses metrics that AWS has, or custom metrics with dimensions that the functions write', () => {
    expect(metricsOf(alarm)).not.toEqual([]);
    for (const { Namespace, MetricName, Dimensions = [] } of metricsOf(alarm)) {
      if (Namespace !== METRIC_NAMESPACE) {
        expect(AWS_METRICS[Namespace]).toContain(MetricName);
        continue;
      }
      const sets = Object.entries(METRICS).find(([known]) => known === MetricName)?.[1] ?? [];
      const names = Dimensions.map(({ Name }: Resource) => Name).sort();
      expect(sets.map((set) => ['stage', ...set].sort())).toContainEqual(names);
      expect(Dimensions).toContainEqual({ Name: 'stage', Value: STAGE });
    }
  });

  test('has at most one expression, of its own metrics with one period', () => {
    const queries: Resource[] = alarm.Metrics ?? [];
    const expressions = queries.filter(({ Expression }) => Expression !== undefined);
    expect(expressions).toHaveLength(queries.length === 0 ? 0 : 1);
    for (const { Expression, ReturnData } of expressions) {
      expect(ReturnData).toBe(true);
      expect(Expression).toMatch(/^((SUM|MAX)\(\[FILL\(m\d, 0\)(, FILL\(m\d, 0\))*\]\)|FILL\(m0, 0\))$/);
      const operands = queries.filter(({ MetricStat }) => MetricStat !== undefined);
      expect([...Expression.matchAll(/m\d/g)].map(String)).toEqual(operands.map(({ Id }) => Id));
      expect(operands.map(({ ReturnData: returned }) => returned)).not.toContain(true);
      expect(new Set(operands.map(({ MetricStat }) => MetricStat.Period)).size).toBe(1);
    }
  });
});
