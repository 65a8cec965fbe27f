import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Graphs } from '../dashboard.ts';
import { FIVE_MINUTES, ownMetric } from '../metrics.ts';

const MOST = { statistic: Stats.MAXIMUM, period: FIVE_MINUTES };

/** What is stuck? */
export const stuckGraphs: Graphs = ({ settings: { stage }, queues }) => [
  {
    title: 'Stuck: dead letters, by channel',
    stacked: true,
    left: [...queues].map(([label, { deadLetterQueue }]) =>
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...MOST, label }),
    ),
  },
  {
    title: 'Stuck: messages that wait, by channel',
    stacked: true,
    left: [...queues].map(([label, { queue }]) =>
      queue.metricApproximateNumberOfMessagesVisible({ ...MOST, label }),
    ),
  },
  {
    title: 'Stuck: books and results past the horizon; lag of the poller in seconds (right)',
    left: [
      ownMetric(stage, 'BooksStuck', {}, { label: 'books at work without a change' }),
      ownMetric(stage, 'WaitGivenUp', {}, { label: 'results given up' }),
    ],
    right: [ownMetric(stage, 'DueLag', {}, { statistic: Stats.MAXIMUM, label: 'lag' })],
  },
];
