import { describe, expect, test } from 'vitest';
import { alarm, api, endpoint, lambda, pipeline, queue, schedule, templateOf } from './broken.ts';
import { faultsIn } from './faults.ts';
import type { CloudFormation } from './template.ts';

const dlq = { 'Fn::GetAtt': ['Dlq', 'Arn'] };

test.each<[string, CloudFormation]>([
  ['a pipeline', pipeline()],
  [
    'a batch of 100 with a window',
    pipeline({ mapping: { BatchSize: 100, MaximumBatchingWindowInSeconds: 1 } }),
  ],
  ['a private API', api()],
  ['an endpoint', endpoint()],
  ['an endpoint in another VPC', endpoint({ endpoint: { VpcId: 'vpc-0123456789abcdef0' } })],
  ['a schedule by the minute', schedule('rate(1 minute)')],
  ['a schedule by the hours', schedule('rate(12 hours)')],
  ['a schedule by the calendar', schedule('cron(0/5 * * * ? *)')],
  ['an alarm', alarm()],
  ['an alarm on a custom metric', alarm({ Namespace: 'OcrolusWebhooks', MetricName: 'RecoveredByPoll' })],
  ['a Lambda', lambda({ environment: { STAGE: 'test' } })],
])('%s that is right has no faults', (_, template) => {
  expect(faultsIn(template)).toEqual([]);
});

describe('found is', () => {
  test.each<[string, CloudFormation, RegExp]>([
    ['a private API without a policy', api({ Policy: undefined }), /^Api: .*no resource policy/],
    [
      'a policy for every endpoint',
      api({ Policy: { Statement: [{ Effect: 'Allow' }] } }),
      /^Api: .*not deny/,
    ],
    ['a public API', api({ EndpointConfiguration: { Types: ['REGIONAL'] } }), /^Api: is not private/],
    ['a batch of 11 without a window', pipeline({ mapping: { BatchSize: 11 } }), /^Mapping: .*window/],
    [
      'a concurrency of 1',
      pipeline({ mapping: { ScalingConfig: { MaximumConcurrency: 1 } } }),
      /^Mapping: .* 1 /,
    ],
    ['a short visibility timeout', pipeline({ queue: { VisibilityTimeout: 120 } }), /^Mapping: .*six times/],
    [
      'two receives',
      pipeline({ queue: { RedrivePolicy: { deadLetterTargetArn: dlq, maxReceiveCount: 2 } } }),
      /^Queue: maxReceiveCount 2/,
    ],
    ['a forgetful DLQ', pipeline({ dlq: { MessageRetentionPeriod: 345_600 } }), /^Queue: .*keep messages/],
    ['a rate of 1 minutes', schedule('rate(1 minutes)'), /^Schedule: .*singular/],
    ['a rate of 5 minute', schedule('rate(5 minute)'), /^Schedule: .*singular/],
    ['a rate of seconds', schedule('rate(30 seconds)'), /^Schedule: .*minutes, hours or days/],
    ['a cron of five fields', schedule('cron(0 * * * *)'), /^Schedule: .*5 fields/],
    ['a cron with both days', schedule('cron(0 0 * * * *)'), /^Schedule: .*\?/],
    ['a misspelt schedule', schedule('every 5 minutes'), /^Schedule: .*none of/],
    [
      'a misspelt endpoint service',
      endpoint({ endpoint: { ServiceName: 'com.amazonaws.eu-west-1.executeapi' } }),
      /^Endpoint: .*executeapi/,
    ],
    ['private DNS without DNS', endpoint({ vpc: { EnableDnsHostnames: false } }), /^Endpoint: private DNS/],
    ['an alarm on a foreign namespace', alarm({ Namespace: 'OcrolusWebhook' }), /^Alarm: nothing publishes/],
    [
      'an alarm on a misspelt metric',
      alarm({ MetricName: 'ApproximateNumberOfMessages' }),
      /^Alarm: .*no metric/,
    ],
    [
      'an alarm on a misspelt custom metric',
      alarm({ Namespace: 'OcrolusWebhooks', MetricName: 'RecoveredByPolls' }),
      /^Alarm: .*no metric/,
    ],
    [
      'an alarm that a redrive does not raise',
      alarm({ MetricName: 'NumberOfMessagesSent' }),
      /^Alarm: .*redrive/,
    ],
    ['an alarm over two days', alarm({ EvaluationPeriods: 577 }), /^Alarm: looks back 173100 s/],
    ['an odd period', alarm({ Period: 90 }), /^Alarm: a period of 90 s/],
    [
      'a queue with a long name',
      templateOf({ Queue: queue({ QueueName: 'a'.repeat(81) }) }),
      /^Queue: QueueName has 81/,
    ],
    [
      'a large environment',
      lambda({ environment: { A: 'a'.repeat(4096) } }),
      /^Lambda: its environment has 4097/,
    ],
    [
      'a large policy',
      lambda({ statements: [{ Action: 'sqs:SendMessage', Resource: 'a'.repeat(10_240) }] }),
      /^Role: its inline policies/,
    ],
    [
      'a large stack',
      templateOf(Object.fromEntries(Array.from({ length: 401 }, (_, i) => [`Queue${i}`, queue()]))),
      /^stack: 401 resources/,
    ],
  ])('%s', (_, template, fault) => {
    expect(faultsIn(template)).toEqual([expect.stringMatching(fault)]);
  });
});
