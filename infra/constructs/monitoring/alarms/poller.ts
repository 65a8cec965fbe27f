import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { ownMetric } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

type PollerAlarms = Pick<
  AlarmSet,
  | 'poller-silent'
  | 'poller-errors'
  | 'poller-behind'
  | 'recovered-by-poll'
  | 'books-stuck'
  | 'results-overdue'
  | 'results-expired'
  | 'events-unrecognized'
>;

const HOUR = { period: Duration.hours(1) };

/** CloudWatch looks back seven days at most. */
const LONGEST_HOURS = 7 * 24;

/** Whether the poller runs, what it recovered, and what is missing for too long. */
export function pollerAlarms({ poller, settings }: MonitoredResources): PollerAlarms {
  const { stage, alarms, poll } = settings;
  // A run may take five minutes, during which no other one counts.
  const runs = Duration.minutes(Math.max(5, poll.minutes));
  // A book with open results is polled at least this often, a tenth of jitter included, and counted each time.
  const overdue = Duration.hours(Math.min(Math.ceil((poll.maxSeconds * 1.1) / 3600), LONGEST_HOURS));
  return {
    'poller-silent': [
      {
        impact:
          'The poller does not run: lost webhooks and results that were not ready at once stay missing.',
        firstStep: `Run npm run -s ops -- poll --stage ${stage}; its error is why the scheduled runs fail too.`,
        metric: ownMetric(stage, 'PollerRun', {}, { period: runs }),
        threshold: 1,
        below: true,
        within: [3, 3],
        silence: 'alarming',
      },
    ],
    'poller-errors': [
      {
        impact: 'Runs of the poller crash, so some books are polled late or not at all.',
        firstStep: 'Read the last error in the log of poller, and roll back if it was deployed just before.',
        metric: poller.metricErrors({ period: runs }),
        threshold: 1,
        within: [2, 3],
        silence: 'fine',
      },
    ],
    'poller-behind': [
      {
        impact: 'The poller does not keep up: lost webhooks are found late, and pending results are late.',
        firstStep: 'Look at the rate of Ocrolus 429s first, then at poll.requestsPerSecond and poll.minutes.',
        metric: ownMetric(stage, 'DueLag', {}, { statistic: Stats.MAXIMUM, period: runs }),
        threshold: alarms.pollerLagMinutes * 60,
        within: [3, 3],
        silence: 'fine',
      },
    ],
    'recovered-by-poll': [
      {
        impact:
          'Webhooks are being lost: the poller found results that none had announced, ten minutes late or more.',
        firstStep: `Compare what is registered: npm run -s ops -- registration --stage ${stage}.`,
        metric: ownMetric(stage, 'RecoveredByPoll', {}, HOUR),
        threshold: alarms.recoveredByPoll,
        silence: 'fine',
      },
    ],
    'books-stuck': [
      {
        impact: `Books have not changed for ${poll.horizonDays} days and are not complete; they are polled monthly now.`,
        firstStep: 'Run the saved query "stuck books", and look at one of them in the dashboard of Ocrolus.',
        // Each book is counted once.
        metric: ownMetric(stage, 'BooksStuck', {}, HOUR),
        threshold: 1,
        silence: 'fine',
      },
    ],
    'results-overdue': [
      {
        impact: `Results have been missing for more than ${alarms.overdueHours} hours: a loan may be waiting for them.`,
        firstStep: `Run the saved query "stuck books", then npm run -s ops -- book <uuid> --stage ${stage}.`,
        metric: ownMetric(stage, 'ResultsOverdue', {}, { period: overdue }),
        threshold: 1,
        silence: 'fine',
      },
    ],
    'results-expired': [
      {
        impact: `Ocrolus refused a result for ${poll.horizonDays} days, so it is not asked for any more and stays missing.`,
        firstStep: 'See on the dashboard which kind it is, then run the saved query "stuck books".',
        metric: ownMetric(stage, 'ResultExpired', {}, HOUR),
        threshold: 1,
        silence: 'fine',
      },
    ],
    'events-unrecognized': [
      {
        impact: 'Genuine deliveries are kept but not acted on, because their event is not in the catalog.',
        firstStep: `Read one: npm run -s ops -- book <uuid> --stage ${stage}, with a book of the saved query.`,
        metric: ownMetric(stage, 'UnrecognizedEvent', {}, HOUR),
        threshold: 1,
        silence: 'fine',
      },
    ],
  };
}
