import { METRICS } from '../../../shared/telemetry/metrics.ts';
import { ofType, type Rule } from './template.ts';

/** The metrics of AWS that alarms use, by namespace. */
const AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway': ['4XXError', '5XXError', 'Count', 'IntegrationLatency', 'Latency'],
  'AWS/ApplicationELB': [
    'HealthyHostCount',
    'HTTPCode_ELB_4XX_Count',
    'HTTPCode_ELB_5XX_Count',
    'HTTPCode_Target_4XX_Count',
    'HTTPCode_Target_5XX_Count',
    'RejectedConnectionCount',
    'RequestCount',
    'TargetConnectionErrorCount',
    'TargetResponseTime',
    'UnHealthyHostCount',
  ],
  'AWS/DynamoDB': [
    'ReadThrottleEvents',
    'SuccessfulRequestLatency',
    'SystemErrors',
    'ThrottledRequests',
    'UserErrors',
    'WriteThrottleEvents',
  ],
  'AWS/Lambda': ['ConcurrentExecutions', 'Duration', 'Errors', 'Invocations', 'Throttles'],
  'AWS/Logs': ['LogEventsWithFindings'],
  'AWS/Scheduler': ['InvocationAttemptCount', 'InvocationDroppedCount', 'TargetErrorCount'],
  'AWS/SQS': [
    'ApproximateAgeOfOldestMessage',
    'ApproximateNumberOfMessagesDelayed',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesVisible',
    'NumberOfMessagesDeleted',
    'NumberOfMessagesReceived',
    'NumberOfMessagesSent',
  ],
};

/** The namespace of the custom metrics. */
const CUSTOM_NAMESPACE = 'OcrolusWebhooks';

interface Metric {
  readonly Namespace?: string;
  readonly MetricName?: string;
}

/** An alarm on a metric that does not exist never goes off. */
export const alarmsWatchWhatExists: Rule = (template) =>
  ofType(template, 'AWS::CloudWatch::Alarm').flatMap(([id, alarm]) => {
    const queries: { MetricStat?: { Metric: Metric } }[] = alarm.Metrics ?? [];
    const metrics: Metric[] = queries.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []));
    if (alarm.MetricName !== undefined) metrics.push(alarm);
    if (metrics.length === 0) return [`${id}: watches nothing`];
    return metrics.flatMap(({ Namespace = '', MetricName = '' }) => {
      const known = Namespace === CUSTOM_NAMESPACE ? Object.keys(METRICS) : AWS_METRICS[Namespace];
      if (known === undefined) return [`${id}: nothing publishes into the namespace ${Namespace}`];
      if (!known.includes(MetricName)) return [`${id}: ${Namespace} has no metric ${MetricName}`];
      // SQS does not count messages that it moves to a DLQ as sent.
      return MetricName === 'NumberOfMessagesSent' ? [`${id}: ${MetricName} does not see a redrive`] : [];
    });
  });

/** An alarm covers one day at most, or seven if its periods are hours. */
export const alarmsLookBackFarEnough: Rule = (template) =>
  ofType(template, 'AWS::CloudWatch::Alarm').flatMap(([id, alarm]) => {
    const queries: { Period?: number; MetricStat?: { Period: number } }[] = alarm.Metrics ?? [];
    const periods = [alarm.Period, ...queries.map((query) => query.MetricStat?.Period ?? query.Period)];
    return periods.flatMap((period) => {
      if (period === undefined) return [];
      if (![10, 20, 30].includes(period) && period % 60 !== 0) return [`${id}: a period of ${period} s`];
      const limit = period >= 3600 ? 604_800 : 86_400;
      const span = period * (alarm.EvaluationPeriods ?? 1);
      return span > limit ? [`${id}: looks back ${span} s, and ${limit} s is the most`] : [];
    });
  });
