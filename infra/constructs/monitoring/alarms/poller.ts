import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { ownMetric } from '../metrics.ts';
import type { Watched } from '../watched.ts';

type PollerAlarms = Pick<
  AlarmSet,
  | 'poller-silent'
  | 'poller-errors'
  | 'poller-behind'
  | 'recovered-by-poll'
  | 'books-stuck'
  | 'results-given-up'
  | 'events-unrecognized'
>;

const HOUR = { period: Duration.hours(1) };

/** CloudWatch looks back seven days at most. */
const LONGEST_HOURS = 7 * 24;

/** Whether the safety net holds, and what it has caught. */
export function pollerAlarms({ poller, settings }: Watched): PollerAlarms {
  const { stage, alarms, poll } = settings;
  // A run may take five minutes, during which no other one counts.
  const runs = Duration.minutes(Math.max(5, poll.minutes));
  // A book that does not move is looked at this often, with a tenth of jitter.
  const looks = Duration.hours(Math.min(Math.ceil((poll.maxSeconds * 1.1) / 3600), LONGEST_HOURS));
  return {
    'poller-silent': [
      {
        impact: 'Nobody looks for lost webhooks, and results that Ocrolus did not have at once stay away.',
        firstStep: `npm run -s ops -- poll --stage ${stage}; what it says is why the schedule's runs fail too.`,
        metric: ownMetric(stage, 'PollerRun', {}, { period: runs }),
        threshold: 1,
        below: true,
        within: [3, 3],
        silence: 'alarming',
      },
    ],
    'poller-errors': [
      {
        impact: 'Runs of the poller crash half way, so some books are looked at late or not at all.',
        firstStep: 'Read the last error in the log of poller, and roll back if it was deployed just before.',
        metric: poller.metricErrors({ period: runs }),
        threshold: 1,
        within: [2, 3],
        silence: 'fine',
      },
    ],
    'poller-behind': [
      {
        impact: 'The poller does not keep up: lost webhooks are noticed late, and waiting results come late.',
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
          'Webhooks are being lost: the poller has found what none announced, at least ten minutes late.',
        firstStep: `Compare what is registered: npm run -s ops -- registration --stage ${stage}.`,
        metric: ownMetric(stage, 'RecoveredByPoll', {}, HOUR),
        threshold: alarms.recoveredByPoll,
        silence: 'fine',
      },
    ],
    'books-stuck': [
      {
        impact: `Books have been at work for ${poll.horizonDays} days without a change: somebody waits in vain.`,
        firstStep: 'Run the saved query "stuck books", and look at one of them in the dashboard of Ocrolus.',
        metric: ownMetric(stage, 'BooksStuck', {}, { period: looks }),
        threshold: 1,
        silence: 'fine',
      },
    ],
    'results-given-up': [
      {
        impact: `A result was waited for for ${poll.horizonDays} days and will not be asked for again.`,
        firstStep: 'Run the saved query "stuck books": it names the book and what was waited for.',
        metric: ownMetric(stage, 'WaitGivenUp', {}, HOUR),
        threshold: 1,
        silence: 'fine',
      },
    ],
    'events-unrecognized': [
      {
        impact: 'Genuine deliveries are kept but not acted upon, because we do not know what they mean.',
        firstStep: `Read one: npm run -s ops -- book <uuid> --stage ${stage}, with a book of the saved query.`,
        metric: ownMetric(stage, 'UnrecognizedEvent', {}, HOUR),
        threshold: 1,
        silence: 'fine',
      },
    ],
  };
}
