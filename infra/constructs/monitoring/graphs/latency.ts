import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Graphs } from '../dashboard.ts';
import { FIVE_MINUTES, ownMetric } from '../metrics.ts';

/** How long does processing take? */
export const latencyGraphs: Graphs = ({ settings: { stage, alarms }, queues }) => [
  {
    title: 'Latency: age of the oldest message, seconds',
    left: [...queues].map(([label, { queue }]) =>
      queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES, label }),
    ),
    leftAnnotations: [{ value: alarms.queueAgeMinutes.results * 60, label: 'alarm, where results wait' }],
  },
  {
    title: 'Latency: milliseconds from reception to the end',
    left: [
      ownMetric(stage, 'ProcessingDelay', {}, { statistic: Stats.p(50), label: 'median' }),
      ownMetric(stage, 'ProcessingDelay', {}, { statistic: Stats.p(99), label: 'slowest hundredth' }),
    ],
  },
  {
    title: 'Latency: milliseconds that Ocrolus takes',
    left: [
      ownMetric(stage, 'OcrolusLatency', {}, { statistic: Stats.p(50), label: 'median' }),
      ownMetric(stage, 'OcrolusLatency', {}, { statistic: Stats.p(99), label: 'slowest hundredth' }),
    ],
  },
];
