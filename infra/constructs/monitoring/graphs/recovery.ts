import type { Graphs } from '../dashboard.ts';
import { ownMetric } from '../metrics.ts';

/** What did the poller recover? And could it: does it run, and does Ocrolus answer? */
export const recoveryGraphs: Graphs = ({ settings: { stage } }) => [
  {
    title: 'Recovery: results of lost webhooks; results that no webhook announces (right)',
    stacked: true,
    left: [ownMetric(stage, 'RecoveredByPoll', {}, { label: 'recovered' })],
    right: [ownMetric(stage, 'FetchedByPoll', {}, { label: 'fetched' })],
  },
  {
    title: 'Recovery: runs of the poller; books polled, books discovered, messages sent (right)',
    left: [ownMetric(stage, 'PollerRun', {}, { label: 'runs' })],
    right: [
      ownMetric(stage, 'BooksPolled', {}, { label: 'polled' }),
      ownMetric(stage, 'BooksDiscovered', {}, { label: 'discovered' }),
      ownMetric(stage, 'PollMessagesSent', {}, { label: 'messages' }),
    ],
  },
  {
    title: 'Ocrolus: 429s, no token, and registration',
    left: [
      ownMetric(stage, 'OcrolusRateLimited', {}, { label: '429' }),
      ownMetric(stage, 'OcrolusAuthFailed', {}, { label: 'authentication failed' }),
      ownMetric(stage, 'OcrolusTokenRenewalFailed', {}, { label: 'token not renewed' }),
      ownMetric(stage, 'RegistrationDrift', {}, { statistic: 'Maximum', label: 'registration differs' }),
      ownMetric(stage, 'TestPing', {}, { label: 'test pings' }),
    ],
  },
];
