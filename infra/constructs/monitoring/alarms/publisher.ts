import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { FIVE_MINUTES, type MonitoredResources } from '../metrics.ts';

/** Age of a change, in the stream, at which its event counts as late. */
const LATE = Duration.minutes(15);

/** Alarm for events that are late. They are tried for 23 hours, so it also precedes each loss. */
export function publisherAlarms({ publisher, settings: { stage } }: MonitoredResources) {
  return {
    'events-unpublished':
      publisher === undefined
        ? []
        : {
            impact: 'Other services do not learn of changes, and never will of those older than 23 hours.',
            firstStep: `Run npm run -s ops -- logs publisher --since 1h --stage ${stage}, which shows the error.`,
            metric: publisher.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
            threshold: LATE.toMilliseconds(),
            within: [2, 3],
          },
  } satisfies Partial<AlarmSet>;
}
