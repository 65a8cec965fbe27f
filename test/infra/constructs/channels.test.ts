import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { ChannelQueue } from '../../../infra/constructs/channel-queue.ts';
import { EncryptionKey } from '../../../infra/constructs/encryption-key.ts';
import { CHANNELS, type Channel } from '../../../shared/events/channels.ts';
import { lambdaOf, queueNamed, resources, STAGE, synthesizeStack } from '../testing/synthesized.ts';

const template = synthesizeStack();

test('queues of a channel that a later version adds have no fixed names: the upgrade after a rollback finds them taken', () => {
  const stack = new Stack(new App());
  const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  new ChannelQueue(stack, 'Channel-taxes', {
    ...{ stage: STAGE, removalPolicy, consumerTimeout: Duration.minutes(1) },
    channel: 'taxes' as Channel,
    encryptionKey: new EncryptionKey(stack, 'Key', { stage: STAGE, removalPolicy }),
  });
  const queues = resources(Template.fromStack(stack), 'AWS::SQS::Queue').map(([, queue]) => queue);
  expect(queues.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(Array(2).fill('RetainExceptOnCreate'));
  expect(queues.flatMap(({ Properties }) => Properties.QueueName ?? [])).toEqual([]);
  expect(queues.flatMap(({ Properties }) => Properties.RedrivePolicy?.maxReceiveCount ?? [])).toEqual([20]);
});

test.each(CHANNELS)(
  '%s: a message is in time for its Lambda, and outlives its queue in the dead-letter queue',
  (channel) => {
    const [, { Properties: queue }] = queueNamed(template, `ocrolus-${STAGE}-${channel}`);
    const [, { Properties: dlq }] = queueNamed(template, `ocrolus-${STAGE}-${channel}-dlq`);
    const [, { Properties: lambda }] = lambdaOf(template, channel);
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * lambda.Timeout);
    expect(queue.MessageRetentionPeriod).toBeLessThan(dlq.MessageRetentionPeriod);
  },
);
