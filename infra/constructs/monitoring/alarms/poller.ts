import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { customMetric, filled, HOUR, type MonitoredResources, periodOfRuns } from '../metrics.ts';

/** Longest time that an alarm of CloudWatch covers: seven days. */
const LONGEST_HOURS = 7 * 24;

/** Alarms for a poller that does not run, for results that it recovered, and for those missing for too long. */
export function pollerAlarms({ poller, settings }: MonitoredResources) {
  const { stage, alarms, poll } = settings;
  const runs = periodOfRuns(settings);
  // A book with open results, or an unreadable one, is looked at this often, including 10 % jitter, and counted each
  // time.
  const eachLook = Duration.hours(Math.min(Math.ceil((poll.maxSeconds * 1.1) / 3600), LONGEST_HOURS));
  return {
    'poller-silent': {
      impact:
        'The poller does not run: lost webhooks and results that were not ready when announced stay missing.',
      firstStep: `Run npm run -s ops -- poll --stage ${stage}. Its error is the one of the scheduled runs.`,
      metric: filled(customMetric(stage, 'PollerRun', {}, { period: runs })),
      below: true,
      within: [3, 3],
      missingData: 'alarming',
    },
    'poller-errors': {
      impact: 'Runs of the poller fail, so some books are polled late or not at all.',
      firstStep: 'Read the last error in the log of poller. If it began with a deployment, roll back.',
      metric: poller.metricErrors({ period: runs }),
      within: [2, 3],
    },
    'poller-behind': {
      impact: 'The poller does not keep up: lost webhooks are found late, and pending results are late.',
      firstStep: 'Check the rate of 429 answers of Ocrolus, then poll.requestsPerSecond and poll.minutes.',
      metric: customMetric(stage, 'DueLag', {}, { statistic: Stats.MAXIMUM, period: runs }),
      threshold: alarms.pollerLagMinutes * 60,
      within: [3, 3],
    },
    'recovered-by-poll': {
      impact:
        'Webhooks are being lost: the poller found results that none had announced, at least ten minutes late.',
      firstStep: `Check the registration: npm run -s ops -- registration --stage ${stage}.`,
      metric: customMetric(stage, 'RecoveredByPoll', {}, HOUR),
      threshold: alarms.recoveredByPoll,
    },
    'books-stuck': {
      impact: `Incomplete books have not changed for ${poll.horizonDays} days, and are now polled monthly.`,
      firstStep: 'Run the saved query "stuck books", and look up one of them in the Ocrolus Dashboard.',
      // Each book is counted once.
      metric: customMetric(stage, 'BooksStuck', {}, HOUR),
    },
    'results-overdue': {
      impact: `Results have been missing for more than ${alarms.overdueHours} hours: a loan may be waiting for them.`,
      firstStep: `Run the saved query "stuck books", then npm run -s ops -- book <uuid> --stage ${stage}.`,
      metric: customMetric(stage, 'ResultsOverdue', {}, { period: eachLook }),
    },
    'results-expired': {
      impact: `Results have been asked for without success for ${poll.horizonDays} days. From now on, that is done monthly.`,
      firstStep: 'Find the kind of result on the dashboard, then run the saved query "stuck books".',
      metric: customMetric(stage, 'ResultExpired', {}, HOUR),
    },
    'items-unreadable': {
      impact:
        'This version cannot read an item of the table: the book is late, and does not become complete.',
      firstStep:
        'Run the saved query "unreadable items". If it began with a rollback, deploy the later version.',
      metric: customMetric(stage, 'ItemUnreadable', {}, { period: eachLook }),
    },
    'events-unrecognized': {
      impact: 'Genuine deliveries are stored but not processed, because their event is not in the catalog.',
      firstStep: `Run the saved query "unrecognized events", then npm run -s ops -- book <uuid> --stage ${stage}.`,
      metric: customMetric(stage, 'UnrecognizedEvent', {}, HOUR),
    },
  } satisfies Partial<AlarmSet>;
}
