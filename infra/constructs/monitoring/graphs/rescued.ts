import type { Graphs } from '../dashboard.ts';
import { everySeries, ownMetric } from '../metrics.ts';

/** What did the poller rescue? And could it: does it run, and does Ocrolus answer? */
export const rescuedGraphs: Graphs = ({ settings: { stage } }) => [
  {
    title: 'Rescued: what lost webhooks should have announced; what nobody had to announce (right)',
    stacked: true,
    left: [everySeries(stage, 'RecoveredByPoll', 'channel')],
    right: [everySeries(stage, 'FetchedByPoll', 'channel')],
  },
  {
    title: 'Rescued: runs of the poller; books looked at, found, and messages sent (right)',
    left: [ownMetric(stage, 'PollerRun', {}, { label: 'runs' })],
    right: [
      ownMetric(stage, 'BooksPolled', {}, { label: 'looked at' }),
      ownMetric(stage, 'BooksDiscovered', {}, { label: 'found' }),
      ownMetric(stage, 'PollMessagesSent', {}, { label: 'messages' }),
    ],
  },
  {
    title: 'Ocrolus: 429s, no token, and registration',
    left: [
      ownMetric(stage, 'OcrolusRateLimited', {}, { label: '429' }),
      ownMetric(stage, 'OcrolusAuthFailed', {}, { label: 'not let in' }),
      ownMetric(stage, 'OcrolusTokenRenewalFailed', {}, { label: 'token not renewed' }),
      ownMetric(stage, 'RegistrationDrift', {}, { statistic: 'Maximum', label: 'registration differs' }),
      ownMetric(stage, 'TestPing', {}, { label: 'test pings' }),
    ],
  },
];
