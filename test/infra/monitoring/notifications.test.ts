import { describe, expect, test } from 'vitest';
import { URGENCIES, type Urgency } from '../../../infra/constructs/monitoring/alarm-definition.ts';
import { resolve } from '../resolved.ts';
import { onlyResource, resources, STAGE, statements } from '../synthesized.ts';
import { monitored } from './alarms-of.ts';

const OPERATIONS = 'operations@lender.example';
const EXISTING = 'arn:aws:sns:eu-west-1:123456789012:alarms';

/** A composite, with its rule as CloudFormation will write it. */
function composite({ template }: ReturnType<typeof monitored>, urgency: Urgency) {
  const found = resources(template, 'AWS::CloudWatch::CompositeAlarm').find(
    ([, { Properties }]) => Properties.AlarmName === `ocrolus-${STAGE}-${urgency}`,
  );
  const Properties = found?.[1].Properties;
  // As long as an ARN can be, apart from the alarm's name.
  const arn = 'arn:aws-us-gov:cloudwatch:us-gov-east-1:123456789012:alarm:';
  const rule = resolve(Properties.AlarmRule, (reference) => `${arn}${Object.values(reference).flat()[0]}`);
  return { ...Properties, rule };
}

/** The names of the alarms in a rule. */
function membersOf(stack: ReturnType<typeof monitored>, urgency: Urgency): string[] {
  const ids = [...composite(stack, urgency).rule.matchAll(/ALARM\("[^"]*:alarm:(\w+)"\)/g)].map(
    ([, id]) => id,
  );
  return [...stack.alarms].filter(([, { logicalId }]) => ids.includes(logicalId)).map(([name]) => name);
}

describe.each(URGENCIES)('the composite of the urgency %s', (urgency) => {
  const stack = monitored();
  const { rule, ...properties } = composite(stack, urgency);

  test('is in alarm when any of its alarms is', () => {
    expect(rule.replace(/ALARM\("[^"]*"\)/g, 'A')).toMatch(/^\(A( OR A)*\)$/);
  });

  test('fits the limits of CloudWatch: 100 alarms, and 10,240 characters', () => {
    const members = membersOf(stack, urgency);
    expect(members.length).toBeLessThanOrEqual(100);
    const around =
      'ALARM("arn:aws-us-gov:cloudwatch:us-gov-east-1:123456789012:alarm:ocrolus-a-sixteen-letter-") OR ';
    const longest = members.reduce((sum, name) => sum + around.length + name.length, 0);
    expect(longest).toBeLessThanOrEqual(10_240);
  });

  test('notifies the topic, also when all alarms are OK again', () => {
    const [topicId] = onlyResource(stack.template, 'AWS::SNS::Topic');
    expect(properties).toMatchObject({ AlarmActions: [{ Ref: topicId }], OKActions: [{ Ref: topicId }] });
    expect(properties.AlarmDescription).toContain(`docs/runbook.md#${urgency}`);
  });
});

/**
 * A composite that is in alarm sends nothing more when another of its alarms goes off:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html
 */
describe('a ticket that stays open for days does not silence a page', () => {
  const stack = monitored({ registration: { rotationDays: 30 } });
  const pages = membersOf(stack, 'page');
  const tickets = membersOf(stack, 'ticket');

  test('no alarm is in both composites, and none in neither', () => {
    expect([...pages, ...tickets].sort()).toEqual([...stack.alarms.keys()].sort());
  });

  test.each([
    'webhook-server-errors',
    'secret-missing',
    'dead-letters-doc-verified',
    'queue-age-doc-verified',
    'poller-silent',
  ])('%s is a page', (name) => {
    expect(pages).toContain(name);
  });

  test.each([
    'registration-drift',
    'books-stuck',
    'results-overdue',
    'ocrolus-auth',
    'deliveries-unverified',
  ])('%s, which may last, is a ticket', (name) => {
    expect(tickets).toContain(name);
  });
});

describe('the topic', () => {
  const { template } = monitored({ alarms: { emails: [OPERATIONS] } });
  const [topicId, topic] = onlyResource(template, 'AWS::SNS::Topic');
  const [keyId, key] = onlyResource(template, 'AWS::KMS::Key');

  test('is encrypted with the key, which the alarms of this stage and account can use', () => {
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

  test('accepts messages of those alarms, and nothing without TLS', () => {
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

test('an existing topic is notified instead of a new one', () => {
  const stack = monitored({ alarms: { topicArn: EXISTING } });
  stack.template.resourceCountIs('AWS::SNS::Topic', 0);
  for (const urgency of URGENCIES)
    expect(composite(stack, urgency)).toMatchObject({ AlarmActions: [EXISTING], OKActions: [EXISTING] });
});

test('an existing topic is notified together with a new one, if there are also addresses', () => {
  const stack = monitored({ alarms: { topicArn: EXISTING, emails: [OPERATIONS] } });
  expect(composite(stack, 'page').AlarmActions).toEqual([
    expect.objectContaining({ Ref: expect.any(String) }),
    EXISTING,
  ]);
});

test('alarms link to the runbook where people read it', () => {
  const runbookUrl = 'https://wiki.lender.example/runbook';
  const stack = monitored({ alarms: { runbookUrl } });
  expect(stack.alarms.get('ocrolus-auth')?.AlarmDescription).toContain(`${runbookUrl}#ocrolus-auth`);
  expect(composite(stack, 'ticket').AlarmDescription).toContain(`${runbookUrl}#ticket`);
});

test('a stage without alarms has no topic, but its dashboard and queries', () => {
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
