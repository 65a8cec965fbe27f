import { Duration } from 'aws-cdk-lib';
import type { AlarmSet } from '../alarm-definition.ts';
import { ownMetric } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

type OcrolusAlarms = Pick<
  AlarmSet,
  'ocrolus-auth' | 'ocrolus-token-renewal' | 'ocrolus-rate-limited' | 'requests-rejected'
>;

/** Whether Ocrolus accepts our requests. */
export function ocrolusAlarms({ settings }: MonitoredResources): OcrolusAlarms {
  const { stage, alarms, poll } = settings;
  // An idle deployment asks once a run.
  const period = Duration.minutes(Math.max(5, poll.minutes));
  return {
    'ocrolus-auth': [
      {
        impact: 'Ocrolus gives us no token or does not take it: nothing is fetched, and deliveries pile up.',
        firstStep: `Check the secret ocrolus/${stage}/<account>/credentials against the dashboard of Ocrolus.`,
        metric: ownMetric(stage, 'OcrolusAuthFailed', {}, { period }),
        threshold: 1,
        within: [3, 3],
        silence: 'fine',
      },
    ],
    'ocrolus-token-renewal': [
      {
        impact:
          'Tokens cannot be renewed: when the old ones end, within half their life, nothing is fetched.',
        firstStep: `Check the secret ocrolus/${stage}/<account>/credentials, and the status page of Ocrolus.`,
        metric: ownMetric(stage, 'OcrolusTokenRenewalFailed', {}, { period: Duration.hours(1) }),
        threshold: 3,
        silence: 'fine',
      },
    ],
    'ocrolus-rate-limited': [
      {
        impact: 'Ocrolus answers 429 to our calls, so everything that is fetched is late.',
        firstStep:
          'Find out who else of the organization calls Ocrolus, and lower ocrolus.requestsPerSecond.',
        metric: ownMetric(stage, 'OcrolusRateLimited', {}),
        threshold: alarms.rateLimited,
        within: [3, 3],
        silence: 'fine',
      },
    ],
    'requests-rejected': [
      {
        impact: 'Ocrolus reports malformed requests: the results that they ask for stay missing.',
        firstStep:
          'Run the saved query "rejected requests": it names the operation and the code of the answer.',
        metric: ownMetric(stage, 'RequestRejected', {}, { period: Duration.hours(1) }),
        threshold: 1,
        silence: 'fine',
      },
    ],
  };
}
