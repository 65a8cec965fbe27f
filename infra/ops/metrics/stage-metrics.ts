import { type CloudWatchClient, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import { METRIC_NAMESPACE } from '../../../shared/telemetry/metrics.ts';
import { periodsOf, type Range, type Series, type Values } from './series.ts';

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
