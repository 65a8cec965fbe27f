import { type CloudWatchClient, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import { METRIC_NAMESPACE } from '../../../shared/telemetry/metrics.ts';
import { type FunctionLogs, isMetric } from '../logs/function-logs.ts';
import { periodsOf, type Range, type Series, type Statistic, type Values } from './series.ts';

/** A line in CloudWatch's embedded metric format: a value, or several, for each metric's name. */
const Line = z.looseObject({ _aws: z.object({ Timestamp: z.number() }) });

const Numbers = z.union([z.number().transform((one) => [one]), z.array(z.number())]);

/** Computes series of the local stack from its log, as CloudWatch does from the same lines. */
export async function readLocalMetrics(
  logs: FunctionLogs,
  series: readonly Series[],
  range: Range,
): Promise<Values> {
  const periods = periodsOf(range);
  const found = series.map(() => periods.map((): number[] => []));
  const { signal } = new AbortController();
  const query = { functions: logs.names, from: new Date(range.from).toISOString(), texts: ['"_aws"'] };
  for await (const line of logs.read(query, signal)) {
    if (!isMetric(line)) continue;
    const fields = Line.safeParse(JSON.parse(line.text)).data;
    if (fields === undefined) continue;
    const index = Math.floor((fields._aws.Timestamp - range.from) / 1000 / range.periodSeconds);
    for (const [n, { metric, dimension }] of series.entries()) {
      if (dimension !== undefined && fields[dimension.name] !== dimension.value) continue;
      found[n]?.[index]?.push(...(Numbers.safeParse(fields[metric]).data ?? []));
    }
  }
  return series.map(({ statistic }, n) =>
    (found[n] ?? []).map((values) => (values.length === 0 ? null : statisticOf(statistic, values))),
  );
}

function statisticOf(statistic: Statistic, values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const percentile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  switch (statistic) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'SampleCount':
      return values.length;
    case 'Maximum':
      return percentile(1);
    case 'p50':
      return percentile(0.5);
    case 'p99':
      return percentile(0.99);
  }
}

/** Reads series of a stage from CloudWatch: about 0.00001 USD for each. @throws the error of CloudWatch. */
export async function readStageMetrics(
  stage: string,
  client: CloudWatchClient,
  series: readonly Series[],
  range: Range,
): Promise<Values> {
  const known = series.map(() => new Map<number, number>());
  const pages = paginateGetMetricData(
    { client },
    {
      StartTime: new Date(range.from),
      EndTime: new Date(range.to),
      MetricDataQueries: series.map(({ metric, statistic, dimension }, index) => ({
        Id: `s${index}`,
        MetricStat: {
          Metric: {
            Namespace: METRIC_NAMESPACE,
            MetricName: metric,
            Dimensions: [
              { Name: 'stage', Value: stage },
              ...(dimension === undefined ? [] : [{ Name: dimension.name, Value: dimension.value }]),
            ],
          },
          Period: range.periodSeconds,
          Stat: statistic,
        },
      })),
    },
  );
  for await (const { MetricDataResults = [] } of pages) {
    for (const { Id = '', Timestamps = [], Values: values = [] } of MetricDataResults) {
      const own = known[Number(Id.slice(1))];
      for (const [index, at] of Timestamps.entries()) own?.set(at.getTime(), values[index] ?? 0);
    }
  }
  return known.map((own) => periodsOf(range).map((at) => own.get(at) ?? null));
}
