import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../../shared/events/channels.ts';
import { lambdaOf, queueNamed, resources, STAGE, statements, synthesizeStack } from './synthesized.ts';

const template = synthesizeStack();
const [keyId] = resources(template, 'AWS::KMS::Key').map(([id]) => id);
const policies = resources(template, 'AWS::SQS::QueuePolicy');

test('there is a queue and a DLQ for every channel, and nothing else', () => {
  const names = resources(template, 'AWS::SQS::Queue').map(([, queue]) => queue.Properties.QueueName);
  const expected = CHANNELS.flatMap((c) => [`ocrolus-${STAGE}-${c}`, `ocrolus-${STAGE}-${c}-dlq`]);
  expect(names.sort()).toEqual(expected.sort());
});

describe.each(CHANNELS)('channel %s', (channel) => {
  const [queueId, { Properties: queue }] = queueNamed(template, `ocrolus-${STAGE}-${channel}`);
  const [dlqId, { Properties: dlq }] = queueNamed(template, `ocrolus-${STAGE}-${channel}-dlq`);
  const [lambdaId, { Properties: lambda }] = lambdaOf(template, channel);

  test('moves a message to its own DLQ only after more than two hours', () => {
    expect(queue.RedrivePolicy.deadLetterTargetArn).toEqual({ 'Fn::GetAtt': [dlqId, 'Arn'] });
    // The backoff reaches two hours after about 15 receives.
    expect(queue.RedrivePolicy.maxReceiveCount).toBe(20);
  });

  test('only its queue can send to the DLQ, which keeps messages longer than the queue', () => {
    expect(dlq.RedriveAllowPolicy.redrivePermission).toBe('byQueue');
    const [sources] = dlq.RedriveAllowPolicy.sourceQueueArns;
    expect(JSON.stringify(sources)).toMatch(new RegExp(`:ocrolus-${STAGE}-${channel}"`));
    expect(dlq.MessageRetentionPeriod).toBe(14 * 86_400);
    expect(queue.MessageRetentionPeriod).toBeLessThan(dlq.MessageRetentionPeriod);
  });

  test('both are encrypted with the key', () => {
    for (const { KmsMasterKeyId } of [queue, dlq]) {
      expect(KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [keyId, 'Arn'] });
    }
  });

  test.each([queueId, dlqId])('%s refuses everything without TLS', (id) => {
    const policy = policies.find(([, { Properties }]) =>
      Properties.Queues.some((q: { Ref: string }) => q.Ref === id),
    );
    expect(statements(policy?.[1].Properties.PolicyDocument)).toContainEqual({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: ['sqs:*'],
      Resource: [{ 'Fn::GetAtt': [id, 'Arn'] }],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  test('a message stays invisible for at least six times as long as the Lambda may take', () => {
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * lambda.Timeout);
  });

  test('delivers to its Lambda in batches that can fail in part, with limited concurrency', () => {
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
