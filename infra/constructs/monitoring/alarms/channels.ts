import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { CATALOG, type CatalogEntry } from '../../../../shared/events/catalog.ts';
import type { Channel } from '../../../../shared/events/channels.ts';
import type { AlarmSet } from '../alarm-definition.ts';
import { FIVE_MINUTES, type MonitoredResources } from '../metrics.ts';

const ENTRIES: readonly CatalogEntry[] = Object.values(CATALOG);

const OLDEST = { statistic: Stats.MAXIMUM, period: FIVE_MINUTES };

/**
 * Alarms for channels. Each channel has its own, because impact and first step depend on it. One alarm over all of
 * their metrics would cost the same.
 */
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
    'queue-age': channels.map(([channel, { queue }]) => {
      const minutes = alarms.queueAgeMinutes[channelClass(channel)];
      return {
        of: channel,
        impact: `Deliveries of ${channel} have been waiting for more than ${minutes} minutes: their books are late.`,
        firstStep:
          'Check whether ocrolus-auth, ocrolus-rate-limited or table-* is in alarm: it is the likely cause.',
        metric: queue.metricApproximateAgeOfOldestMessage(OLDEST),
        threshold: minutes * 60,
      };
    }),
  } satisfies Partial<AlarmSet>;
}

/** Class of a channel: it delivers results that readers wait for, or only the status of a book. */
function channelClass(channel: Channel): 'results' | 'status' {
  const events = ENTRIES.filter((entry) => entry.channel === channel);
  return events.some(({ results }) => results.length > 0) ? 'results' : 'status';
}
