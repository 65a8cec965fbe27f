import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
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

describe.each(CHANNELS)('channel %s', (channel) => {
  const [queueId, { Properties: queue }] = queueNamed(template, `ocrolus-${STAGE}-${channel}`);
  const [dlqId, { Properties: dlq }] = queueNamed(template, `ocrolus-${STAGE}-${channel}-dlq`);
  const [lambdaId, { Properties: lambda }] = lambdaOf(template, channel);

  test('moves a message to its own DLQ only after more than two hours, and the DLQ keeps it for longer', () => {
    // The backoff reaches two hours after about 15 receives.
    expect(queue.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [dlqId, 'Arn'] },
      maxReceiveCount: 20,
    });
    expect(dlq.MessageRetentionPeriod).toBe(14 * 86_400);
    expect(queue.MessageRetentionPeriod).toBeLessThan(dlq.MessageRetentionPeriod);
    const { redrivePermission, sourceQueueArns } = dlq.RedriveAllowPolicy;
    expect(redrivePermission).toBe('byQueue');
    expect(JSON.stringify(sourceQueueArns)).toMatch(new RegExp(`:ocrolus-${STAGE}-${channel}"`));
  });

  test('delivers to its Lambda in batches that can fail in part, with limited concurrency', () => {
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * lambda.Timeout);
    const mappings = resources(template, 'AWS::Lambda::EventSourceMapping').filter(
      ([, { Properties }]) => Properties.FunctionName.Ref === lambdaId,
    );
    expect(mappings.map(([, { Properties }]) => Properties)).toEqual([
      {
        EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] },
        FunctionName: { Ref: lambdaId },
        // More than 10 need a batching window.
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 5 },
      },
    ]);
    expect(lambda).not.toHaveProperty('ReservedConcurrentExecutions');
  });
});
