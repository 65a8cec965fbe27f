import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Graphs } from '../dashboard.ts';
import { everySeries, FIVE_MINUTES, ownMetric } from '../metrics.ts';

const MOST = { statistic: Stats.MAXIMUM, period: FIVE_MINUTES };

/** What waits, and what is missing for too long? */
export const backlogGraphs: Graphs = ({ settings: { stage }, queues }) => [
  {
    title: 'Backlog: dead letters, by channel',
    stacked: true,
    left: [...queues].map(([label, { deadLetterQueue }]) =>
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...MOST, label }),
    ),
  },
  {
    title: 'Backlog: messages that wait, by channel',
    stacked: true,
    left: [...queues].map(([label, { queue }]) =>
      queue.metricApproximateNumberOfMessagesVisible({ ...MOST, label }),
    ),
  },
  {
    title: 'Backlog: results missing for too long, books stuck; lag of the poller in seconds (right)',
    left: [
      ownMetric(stage, 'ResultsOverdue', {}, { label: 'results overdue' }),
      everySeries(stage, 'ResultExpired', 'kind'),
      everySeries(stage, 'RequestRejected', 'operation'),
      ownMetric(stage, 'BooksStuck', {}, { label: 'books stuck' }),
    ],
    right: [ownMetric(stage, 'DueLag', {}, { statistic: Stats.MAXIMUM, label: 'lag' })],
  },
];
