import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Graphs } from '../dashboard.ts';
import { everySeries, FIVE_MINUTES, ownMetric } from '../metrics.ts';

/** How late is what is processed? */
export const lateGraphs: Graphs = ({ settings: { stage, alarms }, queues }) => [
  {
    title: 'Late: age of the oldest message, seconds',
    left: [...queues].map(([label, { queue }]) =>
      queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES, label }),
    ),
    leftAnnotations: [{ value: alarms.queueAgeMinutes.results * 60, label: 'alarm, where results wait' }],
  },
  {
    title: 'Late: milliseconds from reception to the end, slowest hundredth',
    left: [...queues.keys()].map((channel) =>
      ownMetric(stage, 'ProcessingDelay', { channel }, { statistic: Stats.p(99), label: channel }),
    ),
  },
  {
    title: 'Late: milliseconds that Ocrolus takes, slowest hundredth by call',
    left: [everySeries(stage, 'OcrolusLatency', 'operation', 'p99')],
  },
];
