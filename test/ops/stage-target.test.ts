import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStageTarget } from '../../infra/ops/target/stage.ts';

const OUTPUTS = {
  TableName: 'books',
  BucketName: 'bodies',
  WebhookUrls: '{"default":"https://hooks.example/webhooks/default"}',
  QueueUrls: '{"doc-verified":"https://sqs.example/doc-verified"}',
  DeadLetterQueueUrls: '{"doc-verified":"https://sqs.example/doc-verified-dlq"}',
  FunctionNames: '{"poller":"ocrolus-poller-1","registration":"ocrolus-registration-1"}',
  WebhookSecretArns: '{"default":"arn:secret"}',
  CredentialsSecretArns: '{"default":"arn:credentials"}',
};

describe('a deployed stage', () => {
  let asked: object[];
  let answer: { Payload?: Uint8Array; FunctionError?: string };
  beforeEach(() => {
    asked = [];
    answer = { Payload: Buffer.from('{"polled":3}') };
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const Outputs = Object.entries(OUTPUTS).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    const record = (reply: () => object) => async (command: { readonly input: object }) => {
      asked.push(command.input);
      return reply();
    };
    vi.spyOn(CloudFormationClient.prototype, 'send').mockImplementation(
      record(() => ({ Stacks: [{ Outputs }] })),
    );
    vi.spyOn(LambdaClient.prototype, 'send').mockImplementation(record(() => answer));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('is found by its outputs', async () => {
    const target = await openStageTarget('prod');
    expect(asked).toEqual([{ StackName: 'ocrolus-webhooks-prod' }]);
    expect(target.queues).toEqual({
      'doc-verified': {
        url: 'https://sqs.example/doc-verified',
        dlqUrl: 'https://sqs.example/doc-verified-dlq',
      },
    });
    expect(target.webhookUrl('default')).toBe('https://hooks.example/webhooks/default');
    expect(() => target.webhookUrl('another')).toThrow('no account another');
  });

  it('has its functions invoked, and their answers read', async () => {
    const target = await openStageTarget('prod');
    asked.length = 0;
    expect(await target.poll()).toEqual({ polled: 3 });
    await target.invoke('registration', { action: 'show' });
    expect(asked).toEqual([
      { FunctionName: 'ocrolus-poller-1', Payload: '{"mode":"now"}' },
      { FunctionName: 'ocrolus-registration-1', Payload: '{"action":"show"}' },
    ]);
    await expect(target.invoke('rotation', {})).rejects.toThrow('no function rotation');
  });

  it('says which function failed', async () => {
    answer = { FunctionError: 'Unhandled', Payload: Buffer.from('{"errorMessage":"secret"}') };
    const target = await openStageTarget('prod');
    await expect(target.poll()).rejects.toThrow(/^poller failed: Unhandled$/);
  });
});
