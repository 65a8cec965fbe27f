import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { channelClass } from '../channel-classes.ts';
import { FIVE_MINUTES } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

const OLDEST = { statistic: Stats.MAXIMUM, period: FIVE_MINUTES };

/**
 * One alarm per channel, and not one over all: what is at stake and what is to be done depend on the channel, and
 * an alarm over several metrics costs as much as one for each.
 */
export function channelAlarms({
  queues,
  settings,
}: MonitoredResources): Pick<AlarmSet, 'dead-letters' | 'queue-age'> {
  const { stage, alarms } = settings;
  const channels = [...queues];
  return {
    'dead-letters': channels.map(([channel, { deadLetterQueue }]) => ({
      of: channel,
      impact: `Deliveries of ${channel} could not be processed: their books lack what was announced.`,
      firstStep: `npm run -s ops -- dlq ${channel} --stage ${stage} says what they are, and why they are there.`,
      // Never NumberOfMessagesSent: what a redrive policy moves is not counted as sent.
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible(OLDEST),
      threshold: 1,
      silence: 'fine',
    })),
    'queue-age': channels.map(([channel, { queue }]) => {
      const minutes = alarms.queueAgeMinutes[channelClass(channel)];
      return {
        of: channel,
        impact: `Deliveries of ${channel} wait for more than ${minutes} minutes: their books are late.`,
        firstStep: `Look whether ocrolus-auth, ocrolus-rate-limited or table-* is in alarm too; it is the cause.`,
        metric: queue.metricApproximateAgeOfOldestMessage(OLDEST),
        threshold: minutes * 60,
        silence: 'fine',
      };
    }),
  };
}
