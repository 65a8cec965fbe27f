import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Channel } from '../../../../shared/events/channels.ts';
import type { AlarmSet } from '../alarm-definition.ts';
import { combined, customMetric, FIVE_MINUTES, HOUR, type MonitoredResources } from '../metrics.ts';

/** Consumers that share an alarm. An alarm has at most ten metrics, two of each consumer. */
const CONSUMERS: Readonly<Record<Channel, 'documents' | 'books' | 'others'>> = {
  'doc-verified': 'documents',
  'image-group-verified': 'documents',
  'detect-signal-found': 'documents',
  'detect-signal-not-found': 'documents',
  'detect-unable-to-process': 'documents',
  'book-verified': 'books',
  'analytics-completed': 'books',
  'middesk-verified': 'books',
  'suspicious-activity': 'books',
  'book-results': 'books',
  lifecycle: 'others',
  unrecognized: 'others',
};

/** Seconds for which one message fails, before an alarm: until its sixth attempt (functions/consumers/runtime/redelivery.ts). */
const FAILING_SECONDS = 150;

/** Alarms for consumers that crash, and for those that run and cannot do their work. */
export function consumerAlarms({ consumers, settings: { stage } }: MonitoredResources) {
  const groups = Map.groupBy(consumers, ([channel]) => CONSUMERS[channel]);
  return {
    'consumer-errors': [...groups].map(([of, own]) => ({
      of,
      impact: `Consumers of ${of} crash, run out of time or are not started: their deliveries wait.`,
      firstStep: 'Find on the dashboard which one it is, and read the end of its log.',
      metric: combined(
        'SUM',
        own.flatMap(([, lambda]) => [
          lambda.metricErrors({ statistic: Stats.SUM, period: FIVE_MINUTES }),
          lambda.metricThrottles({ statistic: Stats.SUM, period: FIVE_MINUTES }),
        ]),
        'errors and throttles',
      ),
      // One message is received again after six minutes, so it is enough.
      within: [3, 3] as const,
    })),
    'messages-failing': {
      impact: 'Deliveries have failed for minutes: the table or the bucket fails, or there is a bug.',
      firstStep: 'Run the saved query "failures by code", which shows the cause.',
      metric: customMetric(stage, 'MessageFailing', {}, { statistic: Stats.MAXIMUM }),
      // One failure may follow a long wait. Attempts are a quarter of an hour apart at most, and the alarm must not end
      // in between.
      within: [2, 6],
      threshold: FAILING_SECONDS,
    },
    'looks-failing': {
      impact: 'Looks at books fail, so lost webhooks are not found, and pending results are not fetched.',
      firstStep: 'Run the saved query "failures by code", which shows the cause.',
      // A book whose look was given up is handed over again after a quarter of an hour.
      metric: customMetric(stage, 'LookGivenUp', {}, { period: Duration.minutes(15) }),
      within: [2, 2],
    },
    'answers-not-processed': {
      impact: 'A bug: results that Ocrolus has are not stored, and are asked for again and again.',
      firstStep:
        'Search the logs of the consumers for "result not processed". If it began with a deployment, roll back.',
      metric: customMetric(stage, 'AnswerNotProcessed', {}, HOUR),
    },
  } satisfies Partial<AlarmSet>;
}
