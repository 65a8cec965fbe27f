import type { Resource } from '../infra/testing/synthesized.ts';

/** A data point of a metric. */
export interface Sample {
  /** Unix milliseconds. */
  readonly at: number;
  readonly value: number;
}

/** Finds the data of a metric as the template names it. */
export type Lookup = (metric: Resource) => readonly Sample[];

const MINUTE = 60_000;

/**
 * The first minute at which an alarm is on, as CloudWatch evaluates it: each minute, over windows that end at that minute
 * (AWS: "Alarm evaluation window", sliding). CloudWatch itself needs a minute or two more to get the data.
 *
 * @param alarm the properties of an `AWS::CloudWatch::Alarm`.
 * @returns Unix milliseconds, or `undefined` if it stays off.
 */
export function ringsAt(alarm: Resource, lookup: Lookup, from: number, until: number): number | undefined {
  for (let at = from; at <= until; at += MINUTE) if (isOn(alarm, lookup, at)) return at;
  return undefined;
}

function isOn(alarm: Resource, lookup: Lookup, at: number): boolean {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, TreatMissingData } = alarm;
  const period = periodOf(alarm);
  let breaching = 0;
  for (let n = 0; n < EvaluationPeriods; n += 1) {
    const value = dataPoint(alarm, lookup, at - (n + 1) * period, at - n * period);
    if (value === undefined ? TreatMissingData === 'breaching' : breaches(alarm, value)) breaching += 1;
  }
  return breaching >= DatapointsToAlarm;
}

function periodOf({ Period, Metrics = [] }: Resource): number {
  const seconds: number = Period ?? Metrics.find(({ MetricStat }: Resource) => MetricStat)?.MetricStat.Period;
  return seconds * 1000;
}

/** The value of the alarm's metric, or of its expression: a sum or maximum, in which gaps count as 0. */
function dataPoint(alarm: Resource, lookup: Lookup, after: number, until: number): number | undefined {
  const read = (metric: Resource, statistic: string) =>
    aggregate(
      lookup(metric)
        .filter(({ at }) => at > after && at <= until)
        .map(({ value }) => value),
      statistic,
    );
  if (alarm.MetricName !== undefined) return read(alarm, alarm.Statistic ?? alarm.ExtendedStatistic);
  const queries: Resource[] = alarm.Metrics;
  const values = queries.flatMap(({ MetricStat }) =>
    MetricStat === undefined ? [] : [read(MetricStat.Metric, MetricStat.Stat) ?? 0],
  );
  const isSum = queries.some(({ Expression }) => Expression?.startsWith('SUM('));
  return aggregate(values, isSum ? 'Sum' : 'Maximum');
}

function aggregate(values: readonly number[], statistic: string): number | undefined {
  if (values.length === 0) return undefined;
  if (statistic === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  // A percentile of few values is about their maximum.
  if (statistic === 'Maximum' || statistic.startsWith('p')) return Math.max(...values);
  throw new Error(`no statistic ${statistic}`);
}

function breaches({ ComparisonOperator, Threshold }: Resource, value: number): boolean {
  if (ComparisonOperator === 'GreaterThanOrEqualToThreshold') return value >= Threshold;
  if (ComparisonOperator === 'LessThanThreshold') return value < Threshold;
  throw new Error(`no comparison ${ComparisonOperator}`);
}
