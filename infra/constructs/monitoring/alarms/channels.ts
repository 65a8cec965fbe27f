import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { CATALOG, type CatalogEntry } from '../../../../shared/events/catalog.ts';
import type { Channel } from '../../../../shared/events/channels.ts';
import { type AlarmSet, CHANNEL_CLASSES } from '../alarm-definition.ts';
import { combined, FIVE_MINUTES, type MonitoredResources } from '../metrics.ts';

const ENTRIES: readonly CatalogEntry[] = Object.values(CATALOG);

const OLDEST = { statistic: Stats.MAXIMUM, period: FIVE_MINUTES };

/** Alarms for channels: dead letters of each, and messages that no consumer takes. */
export function channelAlarms({ queues, settings }: MonitoredResources) {
  const { stage, alarms } = settings;
  const channels = [...queues];
  return {
    'dead-letters': channels.map(([channel, { deadLetterQueue }]) => ({
      of: channel,
      impact: `Deliveries of ${channel} could not be processed: their books lack what was announced.`,
      firstStep: `Run npm run -s ops -- dlq ${channel} --stage ${stage}, which lists them and why they failed.`,
      // NumberOfMessagesSent does not count messages that a redrive policy moves.
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible(OLDEST),
    })),
    'queue-age': CHANNEL_CLASSES.map((of) => {
      const minutes = alarms.queueAgeMinutes[of];
      return {
        of,
        impact: `Deliveries have been waiting for ${minutes} minutes: consumers crash, are not started, or are too slow.`,
        firstStep: `Run npm run -s ops -- queues --stage ${stage}, which shows the channel; then read the end of its log.`,
        metric: combined(
          'MAX',
          channels
            .filter(([channel]) => channelClass(channel) === of)
            .map(([, { queue }]) => queue.metricApproximateAgeOfOldestMessage(OLDEST)),
          'oldest message',
        ),
        threshold: minutes * 60,
      };
    }),
  } satisfies Partial<AlarmSet>;
}

function channelClass(channel: Channel): (typeof CHANNEL_CLASSES)[number] {
  const events = ENTRIES.filter((entry) => entry.channel === channel);
  return events.some(({ results }) => results.length > 0) ? 'results' : 'status';
}
