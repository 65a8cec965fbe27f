import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CONSUMER_TIMEOUT } from '../../consumer.ts';
import type { AlarmDefinition, AlarmSet } from '../alarm-definition.ts';
import { type ChannelGroup, channelGroup } from '../channel-classes.ts';
import { combined, FIVE_MINUTES } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

/** Consumers stop by themselves five seconds before their time is over: this is well before that. */
const NEAR_TIMEOUT = 0.8;

type ConsumerAlarms = Pick<AlarmSet, 'consumer-errors' | 'consumer-throttles' | 'consumer-duration'>;

/**
 * Over groups of channels: what it means for a channel is told by its queue's age and its DLQ, so these need
 * not say which consumer it is.
 */
export function consumerAlarms({ consumers }: MonitoredResources): ConsumerAlarms {
  const perGroup = (
    how: 'SUM' | 'MAX',
    label: string,
    metricOf: (lambda: LambdaFunction, channel: string) => IMetric,
    definition: Omit<AlarmDefinition, 'of' | 'metric'>,
  ): AlarmDefinition[] => {
    return (['seed', 'other'] satisfies ChannelGroup[]).map((group) => {
      const members = [...consumers].filter(([channel]) => channelGroup(channel) === group);
      const metrics = members.map(([channel, lambda]) => metricOf(lambda, channel));
      return { ...definition, of: group, metric: combined(how, metrics, label) };
    });
  };
  return {
    // A consumer answers for each message and never throws: an error is a crash, a timeout or a bad deployment.
    'consumer-errors': perGroup(
      'SUM',
      'errors',
      (lambda, label) => lambda.metricErrors({ period: FIVE_MINUTES, label }),
      {
        impact: 'A consumer crashes, so its deliveries are late, and in the end dead letters.',
        firstStep: 'See on the dashboard which consumer, and roll back if it was deployed just before.',
        threshold: 1,
        within: [2, 3],
        silence: 'fine',
      },
    ),
    'consumer-throttles': perGroup(
      'SUM',
      'throttles',
      (lambda, label) => lambda.metricThrottles({ period: FIVE_MINUTES, label }),
      {
        impact:
          'Lambda does not start consumers, so deliveries are late although nothing is wrong with them.',
        firstStep: "Compare Lambda's ConcurrentExecutions with the account's limit in this region.",
        threshold: 10,
        within: [2, 3],
        silence: 'fine',
      },
    ),
    'consumer-duration': perGroup(
      'MAX',
      'longest',
      (lambda, label) => lambda.metricDuration({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM, label }),
      {
        impact: 'A consumer is about to run out of time, after which its batch is done all over again.',
        firstStep: 'Look at the latency of Ocrolus on the dashboard: waiting for it is what takes time.',
        threshold: NEAR_TIMEOUT * CONSUMER_TIMEOUT.toMilliseconds(),
        within: [2, 3],
        silence: 'fine',
      },
    ),
  };
}
