import { describe, expect, test } from 'vitest';
import { resolve } from '../resolved.ts';
import { onlyResource, resources, STAGE, statements } from '../synthesized.ts';
import { monitored } from './alarms-of.ts';

const OPERATIONS = 'operations@lender.example';
const EXISTING = 'arn:aws:sns:eu-west-1:123456789012:alarms';

/** The composite, with its rule as CloudFormation will write it. */
function composite({ template }: ReturnType<typeof monitored>) {
  const [, { Properties }] = onlyResource(template, 'AWS::CloudWatch::CompositeAlarm');
  // As long as an ARN can be, apart from the alarm's name.
  const arn = 'arn:aws-us-gov:cloudwatch:us-gov-east-1:123456789012:alarm:';
  const rule = resolve(Properties.AlarmRule, (reference) => `${arn}${Object.values(reference).flat()[0]}`);
  return { ...Properties, rule };
}

describe('the composite', () => {
  const stack = monitored();
  const { rule, ...properties } = composite(stack);

  test('is in alarm when any alarm is, and none is left out', () => {
    const named = [...rule.matchAll(/ALARM\("[^"]*:alarm:(\w+)"\)/g)].map(([, id]) => id);
    expect(named.sort()).toEqual([...stack.alarms.values()].map(({ logicalId }) => logicalId).sort());
    expect(rule.replace(/ALARM\("[^"]*"\)/g, 'A')).toMatch(/^\(A( OR A)*\)$/);
  });

  test('keeps within what CloudWatch allows: 100 alarms, and 10,240 characters', () => {
    expect(stack.alarms.size).toBeLessThanOrEqual(100);
    const names = [...stack.alarms.values()].map(({ AlarmName }) => AlarmName.length - STAGE.length + 16);
    const around = 'ALARM("arn:aws-us-gov:cloudwatch:us-gov-east-1:123456789012:alarm:") OR '.length;
    const longest = names.reduce((sum, length) => sum + around + length, 0);
    expect(longest).toBeLessThanOrEqual(10_240);
  });

  test('tells the topic, also when all is well again', () => {
    const [topicId] = onlyResource(stack.template, 'AWS::SNS::Topic');
    expect(properties).toMatchObject({
      AlarmName: `ocrolus-${STAGE}-pipeline`,
      AlarmActions: [{ Ref: topicId }],
      OKActions: [{ Ref: topicId }],
    });
    expect(properties.AlarmDescription).toContain('docs/runbook.md#pipeline');
  });
});

describe('the topic', () => {
  const { template } = monitored({ alarms: { emails: [OPERATIONS] } });
  const [topicId, topic] = onlyResource(template, 'AWS::SNS::Topic');
  const [keyId, key] = onlyResource(template, 'AWS::KMS::Key');

  test('is encrypted with the key, which lets the alarms of this stage and account in', () => {
    expect(topic.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [keyId, 'Arn'] });
    const cloudWatch = statements(key.Properties.KeyPolicy).filter(({ Principal }) =>
      JSON.stringify(Principal).includes('cloudwatch.amazonaws.com'),
    );
    expect(cloudWatch).toEqual([
      expect.objectContaining({
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': expect.anything() },
        },
      }),
    ]);
    expect(JSON.stringify(cloudWatch)).toContain(`:alarm:ocrolus-${STAGE}-*`);
  });

  test('takes messages from those alarms, and nothing without TLS', () => {
    const [, { Properties }] = onlyResource(template, 'AWS::SNS::TopicPolicy');
    const [tls, publish, ...more] = statements(Properties.PolicyDocument);
    expect(tls).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(publish).toMatchObject({
      Effect: 'Allow',
      Action: ['sns:Publish'],
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Resource: [{ Ref: topicId }],
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    expect(more).toEqual([]);
  });

  test('has a subscription for each address', () => {
    const [, { Properties }] = onlyResource(template, 'AWS::SNS::Subscription');
    expect(Properties).toMatchObject({ Protocol: 'email', Endpoint: OPERATIONS, TopicArn: { Ref: topicId } });
  });
});

test('a topic that exists already is told instead of one of ours', () => {
  const stack = monitored({ alarms: { topicArn: EXISTING } });
  stack.template.resourceCountIs('AWS::SNS::Topic', 0);
  expect(composite(stack)).toMatchObject({ AlarmActions: [EXISTING], OKActions: [EXISTING] });
});

test('or beside ours, when there are addresses too', () => {
  const stack = monitored({ alarms: { topicArn: EXISTING, emails: [OPERATIONS] } });
  expect(composite(stack).AlarmActions).toEqual([
    expect.objectContaining({ Ref: expect.any(String) }),
    EXISTING,
  ]);
});

test('alarms link to the runbook where people read it', () => {
  const runbookUrl = 'https://wiki.lender.example/runbook';
  const stack = monitored({ alarms: { runbookUrl } });
  expect(stack.alarms.get('ocrolus-auth')?.AlarmDescription).toContain(`${runbookUrl}#ocrolus-auth`);
  expect(composite(stack).AlarmDescription).toContain(`${runbookUrl}#pipeline`);
});

test('a stage that nobody watches has no alarms and no topic, but its dashboard and its queries', () => {
  const { template, alarms } = monitored({ alarms: { enabled: false } });
  expect(alarms.size).toBe(0);
  for (const type of ['AWS::CloudWatch::CompositeAlarm', 'AWS::SNS::Topic'])
    template.resourceCountIs(type, 0);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  expect(resources(template, 'AWS::Logs::QueryDefinition').length).toBeGreaterThan(0);
});

test.each<[string, object]>([
  ['alarms.enabled', { enabled: false, emails: [OPERATIONS] }],
  ['alarms.emails.0', { emails: ['operations'] }],
  ['alarms.emails', { emails: [OPERATIONS, OPERATIONS] }],
  ['alarms.topicArn', { topicArn: 'arn:aws:sqs:eu-west-1:123456789012:alarms' }],
  ['alarms.topicArn', { topicArn: `${EXISTING}.fifo` }],
  ['alarms.runbookUrl', { runbookUrl: 'http://wiki.lender.example/runbook' }],
  ['alarms.runbookUrl', { runbookUrl: 'https://wiki.lender.example/runbook#top' }],
  ['alarms.webhookLatencyMs', { webhookLatencyMs: 6000 }],
])('%s is refused in %j', (setting, alarms) => {
  expect(() => monitored({ alarms })).toThrow(`\n  ${setting}: `);
});
