import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Graphs } from '../dashboard.ts';
import { everySeries, FIVE_MINUTES, ownMetric } from '../metrics.ts';

/** How long Ocrolus waits for an answer. */
const OCROLUS_WAITS_MS = 5000;

/** Are webhooks coming? */
export const intakeGraphs: Graphs = ({ settings, queues, api }) => {
  const { stage, alarms } = settings;
  const latency = (statistic: string, label: string) =>
    api.metricLatency({ statistic, period: FIVE_MINUTES, label });
  return [
    {
      title: 'Intake: messages queued, by channel; deliveries (right)',
      stacked: true,
      // SQS counts by queue, for nothing; what the poller sends is among them.
      left: [...queues].map(([label, { queue }]) =>
        queue.metricNumberOfMessagesSent({ statistic: Stats.SUM, period: FIVE_MINUTES, label }),
      ),
      right: [ownMetric(stage, 'DeliveryQueued', {}, { label: 'deliveries' })],
    },
    {
      title: 'Intake: refused, by reason',
      left: [
        everySeries(stage, 'DeliveryRefused', 'reason'),
        api.metricServerError({ statistic: Stats.SUM, period: FIVE_MINUTES, label: 'answered 5xx' }),
        api.metricClientError({ statistic: Stats.SUM, period: FIVE_MINUTES, label: 'answered 4xx' }),
      ],
    },
    {
      title: 'Intake: milliseconds until we answer',
      left: [latency(Stats.p(50), 'median'), latency(Stats.p(99), 'slowest hundredth')],
      leftAnnotations: [
        { value: alarms.webhookLatencyMs, label: 'alarm' },
        { value: OCROLUS_WAITS_MS, label: 'Ocrolus gives up' },
      ],
    },
  ];
};
