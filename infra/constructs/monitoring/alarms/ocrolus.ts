import { Duration } from 'aws-cdk-lib';
import type { AlarmSet } from '../alarm-definition.ts';
import { customMetric } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

type OcrolusAlarms = Pick<
  AlarmSet,
  'ocrolus-auth' | 'ocrolus-token-renewal' | 'ocrolus-rate-limited' | 'requests-rejected'
>;

/** Alarms for requests that Ocrolus does not accept. */
export function ocrolusAlarms({ settings }: MonitoredResources): OcrolusAlarms {
  const { stage, alarms, poll } = settings;
  // On an idle stage, only the poller asks Ocrolus, once per run.
  const period = Duration.minutes(Math.max(5, poll.minutes));
  return {
    'ocrolus-auth': [
      {
        impact: 'Ocrolus issues no token or rejects it: nothing is fetched, and deliveries pile up.',
        firstStep: `Compare the secret ocrolus/${stage}/<account>/credentials with the Ocrolus Dashboard.`,
        metric: customMetric(stage, 'OcrolusAuthFailed', {}, { period }),
        threshold: 1,
        within: [3, 3],
        missingData: 'fine',
      },
    ],
    'ocrolus-token-renewal': [
      {
        impact:
          'Tokens cannot be renewed. When the current ones expire, within some hours, nothing is fetched.',
        firstStep: `Check the secret ocrolus/${stage}/<account>/credentials, and the status page of Ocrolus.`,
        metric: customMetric(stage, 'OcrolusTokenRenewalFailed', {}, { period: Duration.hours(1) }),
        threshold: 3,
        missingData: 'fine',
      },
    ],
    'ocrolus-rate-limited': [
      {
        impact: 'Ocrolus answers calls with 429, so everything that is fetched is late.',
        firstStep:
          'Find out what else in the organization calls Ocrolus, and lower ocrolus.requestsPerSecond.',
        metric: customMetric(stage, 'OcrolusRateLimited', {}),
        threshold: alarms.rateLimited,
        within: [3, 3],
        missingData: 'fine',
      },
    ],
    'requests-rejected': [
      {
        impact: 'Ocrolus rejects requests as malformed: the results that they ask for stay missing.',
        firstStep:
          'Run the saved query "rejected requests", which shows the operation and the code of the answer.',
        metric: customMetric(stage, 'RequestRejected', {}, { period: Duration.hours(1) }),
        threshold: 1,
        missingData: 'fine',
      },
    ],
  };
}
