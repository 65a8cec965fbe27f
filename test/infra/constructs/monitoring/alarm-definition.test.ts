import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { expect, test } from 'vitest';
import type { AlarmDefinition, AlarmSet } from '../../../../infra/constructs/monitoring/alarm-definition.ts';
import { customMetric } from '../../../../infra/constructs/monitoring/metrics.ts';

const metric = new Metric({ namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible' });
const whole = {
  impact: 'A reader waits without success.',
  firstStep: 'Look why.',
  metric,
  threshold: 1,
} as const satisfies AlarmDefinition;
const { impact: _impact, ...withoutImpact } = whole;
const { firstStep: _firstStep, ...withoutFirstStep } = whole;

/** The compiler checks these; they are counted so that none gets lost. */
const refused = [
  // @ts-expect-error an alarm must say what is at stake
  (): AlarmDefinition => withoutImpact,
  // @ts-expect-error an alarm must say what to do first
  (): AlarmDefinition => withoutFirstStep,
  // @ts-expect-error a text must be a sentence
  (): AlarmDefinition => ({ ...whole, impact: '' }),
  // @ts-expect-error a text must be a sentence
  (): AlarmDefinition => ({ ...whole, firstStep: 'TODO' }),
  // @ts-expect-error no kind of alarm may be left out
  (): AlarmSet => ({ 'dead-letters': [whole] }),
  // @ts-expect-error there is no such metric
  () => customMetric('test', 'PollerRuns', {}),
  // @ts-expect-error the metric is not written with that dimension
  () => customMetric('test', 'DeliveryQueued', { outcome: 'applied' }),
  // @ts-expect-error the channel is in the line, and no dimension
  () => customMetric('test', 'DeliveryQueued', { channel: 'lifecycle' }),
  // @ts-expect-error the metric is not written without its dimension
  () => customMetric('test', 'MessageRetried', {}),
];

test('an alarm without its texts, or on a metric that is not written, does not compile', () => {
  expect(refused).toHaveLength(9);
});
