import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { customMetric, HOUR, type MonitoredResources } from '../metrics.ts';

/** Minutes for which an account cannot be asked before an alarm; the poller asks for its list of books in every run. */
const NOT_ASKED_MINUTES = 15;

/** Minutes for which results of one book fail, or wait for permits. Three attempts have failed after a quarter of an hour. */
const FAILING_MINUTES = 15;
const THROTTLED_MINUTES = 60;

/** Hours for which results are refused. A kind of result that an account lacks is no longer missing after a day. */
const REFUSED_HOURS = 12;

/** Alarms for requests that Ocrolus does not answer, or does not accept. */
export function ocrolusAlarms({ settings }: MonitoredResources) {
  const { stage, alarms, poll } = settings;
  // On an idle stage, only the poller asks Ocrolus, once per run.
  const minutes = Math.max(5, poll.minutes);
  const periods = Math.max(1, Math.ceil(NOT_ASKED_MINUTES / minutes));
  const notAsked = (cause: 'credentials' | 'refused' | 'unavailable') => ({
    metric: customMetric(stage, 'AccountNotAsked', { cause }, { period: Duration.minutes(minutes) }),
    within: [periods, periods] as const,
  });
  // Failed requests are repeated hourly at least, refused ones every six hours: the alarm must not end in between.
  const waiting = (cause: 'failed' | 'throttled' | 'refused', hours: number) =>
    customMetric(
      stage,
      'ResultWaiting',
      { cause },
      { statistic: Stats.MAXIMUM, period: Duration.hours(hours) },
    );
  return {
    'ocrolus-auth': {
      impact: 'Ocrolus issues no token or rejects it: nothing is fetched, and all results wait.',
      firstStep: `Compare the secret ocrolus/${stage}/<account>/credentials with the Ocrolus Dashboard.`,
      ...notAsked('credentials'),
    },
    'ocrolus-refused': {
      impact: 'Ocrolus refuses everything that an account asks for, so its results wait.',
      firstStep: `Run npm run -s ops -- doctor --probe --stage ${stage}, which shows what Ocrolus answers.`,
      ...notAsked('refused'),
    },
    'ocrolus-unavailable': {
      impact: 'Ocrolus or the network to it does not work, so results wait. None is lost.',
      firstStep: 'Check the status page of Ocrolus.',
      ...notAsked('unavailable'),
    },
    'results-failing': {
      impact: `Requests for results have failed for ${FAILING_MINUTES} minutes: at least one book is late.`,
      firstStep: 'Run the saved query "failures by code". If Ocrolus has no outage, ask its support.',
      metric: waiting('failed', 2),
      threshold: FAILING_MINUTES * 60,
    },
    'results-throttled': {
      impact: `Results have waited for permits for ${THROTTLED_MINUTES} minutes: more is asked for than Ocrolus allows.`,
      firstStep:
        'Check whether a backfill runs, or ocrolus-rate-limited is on; then ocrolus.requestsPerSecond.',
      metric: waiting('throttled', 1),
      threshold: THROTTLED_MINUTES * 60,
    },
    'results-refused': {
      impact: `Ocrolus has refused results for ${REFUSED_HOURS} hours: a product is missing, or a book.`,
      firstStep: `Run npm run -s ops -- missing --older ${REFUSED_HOURS}h --stage ${stage}, which shows the codes.`,
      metric: waiting('refused', 8),
      threshold: REFUSED_HOURS * 3600,
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
