import { describe, expect, test } from 'vitest';
import { ALONE, GROUPS, type Group } from '../../../../infra/constructs/monitoring/alarm-definition.ts';
import { resolve } from '../../testing/resolved.ts';
import { ALLOWLISTED } from '../../testing/settings.ts';
import { onlyResource, resources, STAGE, statements } from '../../testing/synthesized.ts';
import { monitored } from './alarms-of.ts';

const OPERATIONS = 'operations@lender.example';
const EXISTING = 'arn:aws:sns:eu-west-1:123456789012:alarms';

/** As long as an ARN can be, apart from the alarm's name. */
const ARN = 'arn:aws-us-gov:cloudwatch:us-gov-east-1:123456789012:alarm:';

/** A composite, with its rule as CloudFormation will write it, and the names of the alarms in that. */
function composite({ template, alarms }: ReturnType<typeof monitored>, group: Group) {
  const [, { Properties } = { Properties: {} }] =
    resources(template, 'AWS::CloudWatch::CompositeAlarm').find(
      ([, { Properties }]) => Properties.AlarmName === `ocrolus-${STAGE}-${group}`,
    ) ?? [];
  const rule = resolve(Properties.AlarmRule, (reference) => `${ARN}${Object.values(reference).flat()[0]}`);
  const ids = [...rule.matchAll(/ALARM\("[^"]*:alarm:(\w+)"\)/g)].map(([, id]) => id);
  const members = [...alarms].filter(([, { logicalId }]) => ids.includes(logicalId)).map(([name]) => name);
  return { properties: Properties, rule, members };
}

/**
 * A composite that is in alarm sends nothing more when another of its alarms goes off:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html
 */
describe('one page does not silence the next', () => {
  const stack = monitored({
    registration: { enabled: true, url: 'https://webhooks.lender.example/{account}', rotationDays: 30 },
    allowUnsigned: true,
    ingress: ALLOWLISTED,
  });
  const [topicId] = onlyResource(stack.template, 'AWS::SNS::Topic');
  const notifies = { AlarmActions: [{ Ref: topicId }], OKActions: [{ Ref: topicId }] };
  const groupsOf = (name: string) =>
    GROUPS.filter((group) => composite(stack, group).members.includes(name)).join();

  test('each alarm is in one composite, or notifies by itself', () => {
    for (const [name, alarm] of stack.alarms) {
      const isAlone = groupsOf(name) === '';
      expect(isAlone ? alarm : {}, name).toMatchObject(isAlone ? notifies : {});
      expect('AlarmActions' in alarm, name).toBe(isAlone);
      expect(groupsOf(name), name).not.toContain(',');
    }
  });

  test('those alone are known by name', () => {
    expect([...stack.alarms.keys()].filter((name) => groupsOf(name) === '').sort()).toEqual(
      [...ALONE].sort(),
    );
  });

  test.each(GROUPS)('%s notifies when any of its alarms is on, and when all are OK again', (group) => {
    const { properties, rule, members } = composite(stack, group);
    expect(rule.replace(/ALARM\("[^"]*"\)/g, 'A')).toMatch(/^\(A( OR A)*\)$/);
    expect(properties).toMatchObject(notifies);
    expect(properties.AlarmDescription).toContain(`docs/runbook.md#${group}`);
    // CloudWatch's limits: 100 alarms, and 10,240 characters.
    expect(members.length).toBeLessThanOrEqual(100);
    const around = `ALARM("${ARN}ocrolus-a-sixteen-letter-") OR `.length;
    expect(members.reduce((sum, name) => sum + around + name.length, 0)).toBeLessThanOrEqual(10_240);
  });
});

describe('the topic', () => {
  const { template } = monitored({ alarms: { emails: [OPERATIONS] } });
  const [topicId, topic] = onlyResource(template, 'AWS::SNS::Topic');
  const [keyId, key] = onlyResource(template, 'AWS::KMS::Key');
  const ofThisAccount = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } };

  test('is encrypted with the key, which the alarms of this stage and account can use', () => {
    expect(topic.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [keyId, 'Arn'] });
    const cloudWatch = statements(key.Properties.KeyPolicy).filter(({ Principal }) =>
      JSON.stringify(Principal).includes('cloudwatch.amazonaws.com'),
    );
    expect(cloudWatch).toMatchObject([
      { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Condition: { StringEquals: ofThisAccount } },
    ]);
    expect(JSON.stringify(cloudWatch[0]?.Condition?.ArnLike)).toContain(`:alarm:ocrolus-${STAGE}-*`);
  });

  test('accepts messages of those alarms, and nothing without TLS', () => {
    const [, { Properties }] = onlyResource(template, 'AWS::SNS::TopicPolicy');
    expect(statements(Properties.PolicyDocument)).toMatchObject([
      { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      {
        Effect: 'Allow',
        Action: ['sns:Publish'],
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Resource: [{ Ref: topicId }],
        Condition: { StringEquals: ofThisAccount },
      },
    ]);
  });

  test('has a subscription for each address', () => {
    const [, { Properties }] = onlyResource(template, 'AWS::SNS::Subscription');
    expect(Properties).toMatchObject({ Protocol: 'email', Endpoint: OPERATIONS, TopicArn: { Ref: topicId } });
  });
});

test('an existing topic is notified instead of a new one, or together with it if there are addresses', () => {
  const stack = monitored({ alarms: { topicArn: EXISTING } });
  stack.template.resourceCountIs('AWS::SNS::Topic', 0);
  for (const group of GROUPS) {
    const { properties } = composite(stack, group);
    expect(properties).toMatchObject({ AlarmActions: [EXISTING], OKActions: [EXISTING] });
  }
  const both = monitored({ alarms: { topicArn: EXISTING, emails: [OPERATIONS] } });
  expect(composite(both, 'intake').properties.AlarmActions).toEqual([{ Ref: expect.any(String) }, EXISTING]);
});

test('alarms link to the runbook where people read it', () => {
  const runbookUrl = 'https://wiki.lender.example/runbook';
  const stack = monitored({ alarms: { runbookUrl } });
  expect(stack.alarms.get('ocrolus-unavailable')?.AlarmDescription).toContain(
    `${runbookUrl}#ocrolus-unavailable`,
  );
  expect(composite(stack, 'ticket').properties.AlarmDescription).toContain(`${runbookUrl}#ticket`);
});

test('a stage without alarms has no topic, but its dashboard and queries', () => {
  const { template, alarms } = monitored({ alarms: { enabled: false }, dashboard: true });
  expect(alarms.size).toBe(0);
  for (const type of ['AWS::CloudWatch::CompositeAlarm', 'AWS::SNS::Topic'])
    template.resourceCountIs(type, 0);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  expect(resources(template, 'AWS::Logs::QueryDefinition').length).toBeGreaterThan(0);
});
