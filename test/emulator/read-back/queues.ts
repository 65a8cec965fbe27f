import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { CHANNELS } from '../../../shared/events/channels.ts';
import type { ReadBack } from './read-back.ts';

export const queues: ReadBack = {
  what: 'queues have their times, their DLQ, their key and their policy',
  types: ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
  async compare(moto, stack) {
    const sqs = new SQSClient(moto.client);
    const policies = new Map<string, string>(
      stack
        .resolved('AWS::SQS::QueuePolicy')
        .flatMap(([, { Queues, PolicyDocument }]) =>
          Queues.map((url: string): [string, string] => [url, JSON.stringify(PolicyDocument)]),
        ),
    );
    const resolved = stack.resolved('AWS::SQS::Queue');
    expect(resolved).toHaveLength(2 * CHANNELS.length);
    const arns = new Map<string, string | undefined>();
    for (const [id, queue] of resolved) {
      const QueueUrl = stack.idOf(id);
      const Policy = policies.get(QueueUrl);
      await sqs.send(
        new SetQueueAttributesCommand({ QueueUrl, Attributes: Policy === undefined ? {} : { Policy } }),
      );
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      arns.set(queue.QueueName, Attributes.QueueArn);
      expect(Attributes.QueueArn, id).toMatch(new RegExp(`:${queue.QueueName}$`));
      expect(Attributes.KmsMasterKeyId, id).toBe(queue.KmsMasterKeyId);
      expect(Number(Attributes.MessageRetentionPeriod), id).toBe(queue.MessageRetentionPeriod);
      expect(Number(Attributes.VisibilityTimeout), id).toBe(queue.VisibilityTimeout ?? 30);
      expect(JSON.parse(Attributes.RedrivePolicy ?? 'null'), id).toEqual(queue.RedrivePolicy ?? null);
      expect(JSON.parse(Attributes.Policy ?? 'null'), id).toEqual(JSON.parse(Policy ?? 'null'));
    }
    sqs.destroy();
    // The emulator does not keep who may use a DLQ: it must be the ARN of the queue that was made.
    for (const [id, { QueueName, RedriveAllowPolicy }] of resolved) {
      if (!QueueName.endsWith('-dlq')) continue;
      const source = arns.get(QueueName.replace(/-dlq$/, ''));
      expect(RedriveAllowPolicy, id).toEqual({ redrivePermission: 'byQueue', sourceQueueArns: [source] });
    }
  },
};
