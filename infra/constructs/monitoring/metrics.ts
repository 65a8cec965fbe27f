import { Duration } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Channel } from '../../../shared/events/channels.ts';
import {
  METRIC_NAMESPACE,
  type MetricDimension,
  type MetricName,
  type MetricSeries,
} from '../../../shared/telemetry/metrics.ts';
import type { Settings } from '../../config/settings.ts';
import type { ChannelQueue } from '../channel-queue.ts';
import type { LoadBalancer } from '../ingress/load-balancer.ts';

/** Resources that alarms, dashboard and saved queries cover. */
export interface MonitoredResources {
  readonly settings: Settings;
  readonly api: Stage;
  /** Access log of the API, with one line for each request. */
  readonly accessLog: ILogGroup;
  /** Load balancer in front of the API, if the ingress is `allowlisted`. */
  readonly loadBalancer?: LoadBalancer;
  readonly queues: ReadonlyMap<Channel, ChannelQueue>;
  readonly consumers: ReadonlyMap<Channel, LambdaFunction>;
  readonly webhook: LambdaFunction;
  readonly poller: LambdaFunction;
  /** Functions for registration and rotation, by name. */
  readonly upkeep: ReadonlyMap<string, LambdaFunction>;
  readonly table: Pick<ITable, 'tableName'>;
  /** Absent: changes are not published. */
  readonly publisher: LambdaFunction | undefined;
}

/** Period of metrics that need no other one. */
export const FIVE_MINUTES = Duration.minutes(5);

export const HOUR = { period: Duration.hours(1) };

/** Period in which the poller runs at least once. A run may take five minutes. */
export function periodOfRuns({ poll }: Pick<Settings, 'poll'>): Duration {
  return Duration.minutes(Math.max(5, poll.minutes));
}

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

/**
 * A metric whose gaps count as 0. CloudWatch looks back further than the periods of an alarm if some have no data, so an
 * alarm on missing data goes off two or more periods late (AWS: "Configuring how CloudWatch alarms treat missing data").
 */
export function filled(metric: Metric): MathExpression {
  const { period, label = metric.metricName } = metric;
  return new MathExpression({ expression: 'FILL(m0, 0)', usingMetrics: { m0: metric }, period, label });
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
