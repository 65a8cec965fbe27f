import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { customMetric, HOUR, type MonitoredResources } from '../metrics.ts';

/** Seconds for which one message fails, before an alarm: until its sixth attempt (functions/consumers/runtime/redelivery.ts). */
const FAILING_SECONDS = 150;

/** Alarms for consumers that run and cannot do their work. Those that crash leave messages waiting: `queue-age`. */
export function consumerAlarms({ settings: { stage } }: MonitoredResources) {
  return {
    'messages-failing': {
      impact:
        'Deliveries or looks have failed for minutes: the table or the bucket fails, or there is a bug.',
      firstStep: 'Run the saved query "failures by code", which shows the cause.',
      metric: customMetric(stage, 'MessageFailing', {}, { statistic: Stats.MAXIMUM }),
      threshold: FAILING_SECONDS,
      // One failure may follow a long wait. Attempts are a quarter of an hour apart at most, and the alarm must not end
      // in between.
      within: [2, 6],
    },
    'answers-not-processed': {
      impact: 'A bug: results that Ocrolus has are not stored, and are asked for again and again.',
      firstStep:
        'Search the logs of the consumers for "result not processed". If it began with a deployment, roll back.',
      metric: customMetric(stage, 'AnswerNotProcessed', {}, HOUR),
    },
  } satisfies Partial<AlarmSet>;
}
