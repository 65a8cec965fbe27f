import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { channelClass } from '../channel-classes.ts';
import { FIVE_MINUTES } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

const OLDEST = { statistic: Stats.MAXIMUM, period: FIVE_MINUTES };

/**
 * Alarms for channels. Each channel has its own, because impact and first step depend on it. One alarm over all of
 * their metrics would cost the same.
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
      firstStep: `Run npm run -s ops -- dlq ${channel} --stage ${stage}, which lists them and why they failed.`,
      // NumberOfMessagesSent does not count messages that a redrive policy moves.
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible(OLDEST),
      threshold: 1,
      missingData: 'fine',
    })),
    'queue-age': channels.map(([channel, { queue }]) => {
      const minutes = alarms.queueAgeMinutes[channelClass(channel)];
      return {
        of: channel,
        impact: `Deliveries of ${channel} have been waiting for more than ${minutes} minutes: their books are late.`,
        firstStep:
          'Check whether ocrolus-auth, ocrolus-rate-limited or table-* is in alarm: it is the likely cause.',
        metric: queue.metricApproximateAgeOfOldestMessage(OLDEST),
        threshold: minutes * 60,
        missingData: 'fine',
      };
    }),
  };
}
