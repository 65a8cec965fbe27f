import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { CHANNELS } from '../../shared/events/channels.ts';
import { json } from './resolved.ts';
import { lambdaOf, resources, STAGE, synthesizeStack } from './synthesized.ts';

const template = synthesizeStack();

describe.each(FUNCTION_NAMES)('the Lambda %s', (name) => {
  const [, { Properties: lambda }] = lambdaOf(template, name);

  test('runs the bundle on arm64 and Node.js 24, with source maps and traces', () => {
    expect(lambda).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { STAGE, LOG_LEVEL: 'INFO', NODE_OPTIONS: '--enable-source-maps' } },
    });
  });

  test('logs JSON into its own log group, and Lambda drops none of its lines', () => {
    expect(lambda.LoggingConfig).toMatchObject({ LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG' });
    const groups = resources(template, 'AWS::Logs::LogGroup').map(([id]) => id);
    expect(groups).toContain(lambda.LoggingConfig.LogGroup.Ref);
    const sharing = resources(template, 'AWS::Lambda::Function').filter(
      ([, other]) => other.Properties.LoggingConfig.LogGroup.Ref === lambda.LoggingConfig.LogGroup.Ref,
    );
    expect(sharing).toHaveLength(1);
  });
});

test('Lambda does not stop chains of requeued messages, but every other loop', () => {
  const allowed = FUNCTION_NAMES.filter((name) => 'RecursiveLoop' in lambdaOf(template, name)[1].Properties);
  expect(allowed.sort()).toEqual([...CHANNELS].sort());
  for (const channel of allowed) {
    expect(lambdaOf(template, channel)[1].Properties.RecursiveLoop, channel).toBe('Allow');
  }
});

test('concurrency is reserved for the webhook only if a stage sets it', () => {
  expect(lambdaOf(template, 'webhook')[1].Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  const reserved = synthesizeStack({ webhookReservedConcurrency: 50, lambdaConcurrency: 150 });
  expect(lambdaOf(reserved, 'webhook')[1].Properties.ReservedConcurrentExecutions).toBe(50);
});

test('the stack has no Lambda of CDK, no lookup, and no account or region', () => {
  expect(resources(template, 'AWS::Lambda::Function')).toHaveLength(FUNCTION_NAMES.length);
  const types = Object.values(template.toJSON().Resources).map(
    (resource) => (resource as { Type: string }).Type,
  );
  expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
});

test('operators find all resources through the outputs', () => {
  expect(Object.keys(template.toJSON().Outputs).sort()).toEqual([
    'AccessLogGroupName',
    'AlarmTopicArns',
    'BucketName',
    'CredentialsSecretArns',
    'DashboardName',
    'DeadLetterQueueUrls',
    'EventSourceMappingIds',
    'FunctionNames',
    'LogGroupNames',
    'OperatorPolicyArns',
    'PollerScheduleName',
    'QueueUrls',
    'TableName',
    'VpcEndpointId',
    'WebhookSecretArns',
    'WebhookUrls',
  ]);
  const names = json(template.findOutputs('FunctionNames').FunctionNames?.Value);
  const expected = FUNCTION_NAMES.map((name) => [name, `<${lambdaOf(template, name)[0]}>`]);
  expect(names).toEqual(Object.fromEntries(expected));
});
