import { writeLine } from './log.ts';
import { METRICS, type MetricDimensions, type MetricName } from './metric-names.ts';

/** CloudWatch namespace of every metric of this project. */
export const METRIC_NAMESPACE = 'OcrolusWebhooks';

export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds';

export interface Metrics {
  /** Counts one (or `value`) of `name`. Values of dimensions must be few: each is paid for. */
  count<N extends MetricName>(name: N, dimensions: MetricDimensions<N>, value?: number): void;
  record<N extends MetricName>(
    name: N,
    value: number,
    unit: MetricUnit,
    dimensions: MetricDimensions<N>,
  ): void;
}

/**
 * Metrics in CloudWatch's embedded metric format: a log line that CloudWatch turns into a metric, so that no
 * call is made and nothing is lost when the Lambda is frozen (AWS: "CloudWatch embedded metric format").
 */
export function createMetrics(options: {
  readonly stage: string;
  readonly write?: (line: string) => void;
  readonly now?: () => number;
}): Metrics {
  const { stage, write = writeLine, now = Date.now } = options;
  const record: Metrics['record'] = (name, value, unit, dimensions) => {
    const all = { stage, ...dimensions };
    const directive = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: METRICS[name].map((set) => ['stage', ...set]),
      Metrics: [{ Name: name, Unit: unit }],
    };
    write(
      JSON.stringify({ _aws: { Timestamp: now(), CloudWatchMetrics: [directive] }, ...all, [name]: value }),
    );
  };
  return { record, count: (name, dimensions, value = 1) => record(name, value, 'Count', dimensions) };
}
