import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricDimension, MetricName, MetricSeries } from '../../../shared/telemetry/metrics.ts';
import { METRIC_NAMESPACE } from '../../../shared/telemetry/metrics.ts';

/** Period of metrics that need no other one. */
export const FIVE_MINUTES = Duration.minutes(5);

export interface Reading {
  /** By default the sum. */
  readonly statistic?: string;
  /** By default five minutes. */
  readonly period?: Duration;
  /** Name in a graph. */
  readonly label?: string;
}

/** A custom metric of the functions. The compiler accepts only names and dimensions that they write. */
export function customMetric<N extends MetricName>(
  stage: string,
  name: N,
  series: MetricSeries<N> & Readonly<Record<string, string>>,
  { statistic = Stats.SUM, period = FIVE_MINUTES, label }: Reading = {},
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { stage, ...series },
    statistic,
    period,
    ...(label !== undefined && { label }),
  });
}

/**
 * Combines several metrics. Gaps count as 0: otherwise, one metric without data would leave the result without data.
 *
 * @param metrics at most ten, which is CloudWatch's limit for an alarm.
 */
export function combined(how: 'SUM' | 'MAX', metrics: readonly IMetric[], label: string): MathExpression {
  const named = metrics.map((metric, n) => [`m${n}`, metric] as const);
  return new MathExpression({
    expression: `${how}([${named.map(([id]) => `FILL(${id}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(named),
    period: FIVE_MINUTES,
    label,
  });
}

/** All series of a metric by one dimension, for graphs, which show new values automatically. Alarms cannot search. */
export function everySeries<N extends MetricName>(
  stage: string,
  name: N,
  dimension: MetricDimension<N>,
  statistic: string = Stats.SUM,
): MathExpression {
  const schema = `${METRIC_NAMESPACE},stage,${dimension}`;
  return new MathExpression({
    expression: `SEARCH('{${schema}} MetricName="${name}" stage="${stage}"', '${statistic}', 300)`,
    usingMetrics: {},
    period: FIVE_MINUTES,
    // Without a label, each line has the name of its series.
    label: '',
  });
}
