import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { customMetric, HOUR, type MonitoredResources, periodOfRuns } from '../metrics.ts';

/** Minutes for which an account cannot be asked before an alarm; the poller asks for its list of books in every run. */
const NOT_ASKED_MINUTES = 15;

/** Minutes for which requests for a result fail. Three attempts have failed after a quarter of an hour. */
const FAILING_MINUTES = 15;

/** Alarms for requests that Ocrolus does not answer, or does not accept. */
export function ocrolusAlarms({ settings }: MonitoredResources) {
  const { stage, alarms } = settings;
  // On an idle stage, only the poller asks Ocrolus, once per run.
  const period = periodOfRuns(settings);
  const periods = Math.ceil(NOT_ASKED_MINUTES / period.toMinutes());
  return {
    'ocrolus-unavailable': {
      impact: 'Ocrolus answers nothing that an account asks for, or refuses it, so its results wait.',
      firstStep: `Run npm run -s ops -- doctor --probe --stage ${stage}, which shows what Ocrolus answers.`,
      metric: customMetric(stage, 'AccountNotAsked', {}, { period }),
      within: [periods, periods],
    },
    'results-failing': {
      impact: `Requests for results have failed for ${FAILING_MINUTES} minutes: at least one book is late.`,
      firstStep: 'Run the saved query "failures by code". If Ocrolus has no outage, ask its support.',
      // Two failures: one request may fail, and hours later fail again by chance. They are repeated hourly at least, and
      // the alarm must not end in between: 24 periods are two hours.
      within: [2, 24],
      metric: customMetric(stage, 'ResultWaiting', { cause: 'failed' }, { statistic: Stats.MAXIMUM }),
      threshold: FAILING_MINUTES * 60,
    },
    'ocrolus-token-renewal': {
      impact:
        'Tokens cannot be renewed. When the current ones expire, within some hours, nothing is fetched.',
      firstStep: `Check the secret ocrolus/${stage}/<account>/credentials, and the status page of Ocrolus.`,
      metric: customMetric(stage, 'OcrolusTokenRenewalFailed', {}, HOUR),
      threshold: 3,
    },
    'ocrolus-rate-limited': {
      impact: 'Ocrolus answers calls with 429, so everything that is fetched is late.',
      firstStep: 'Find out what else in the organization calls Ocrolus, and lower ocrolus.requestsPerSecond.',
      metric: customMetric(stage, 'OcrolusRateLimited', {}),
      threshold: alarms.rateLimited,
      within: [3, 3],
    },
    'requests-rejected': {
      impact: 'Ocrolus rejects requests as malformed: the results that they ask for stay missing.',
      firstStep:
        'Run the saved query "rejected requests", which shows the operation and the code of the answer.',
      metric: customMetric(stage, 'RequestRejected', {}, HOUR),
    },
  } satisfies Partial<AlarmSet>;
}
