import { describe, expect, test } from 'vitest';
import { eventsOfLevel } from '../../shared/ocrolus/webhooks/event-names.ts';
import { ALLOWLISTED } from './ingress/settings.ts';
import { lambdaOf, resources, statements, synthesizeStack } from './synthesized.ts';

const schedulesOf = (template: ReturnType<typeof synthesizeStack>) =>
  resources(template, 'AWS::Scheduler::Schedule').filter(([, { Properties }]) =>
    JSON.stringify(Properties.Target.Arn).includes(lambdaOf(template, 'registration')[0]),
  );

describe('by default', () => {
  const template = synthesizeStack();

  test('a deployment registers and rotates nothing: it may have no credentials yet', () => {
    expect(resources(template, 'Custom::OcrolusWebhook')).toEqual([]);
    expect(resources(template, 'AWS::SecretsManager::RotationSchedule')).toEqual([]);
    expect(schedulesOf(template)).toEqual([]);
  });
});

describe('when a stage registers', () => {
  const template = synthesizeStack({
    accounts: ['default', 'lending'],
    ingress: ALLOWLISTED,
    registration: { enabled: true, rotationDays: 90 },
  });
  const webhooks = resources(template, 'Custom::OcrolusWebhook');

  test('each account is registered, for every event of the account level', () => {
    expect(webhooks.map(([, { Properties }]) => Properties.account)).toEqual(['default', 'lending']);
    for (const [, { Properties }] of webhooks) {
      expect(Properties).toMatchObject({ level: 'account', events: eventsOfLevel('account').join(',') });
      expect(JSON.stringify(Properties.url)).toContain(`/webhooks/${Properties.account}`);
      expect(Properties.ServiceToken).toEqual({
        'Fn::GetAtt': [lambdaOf(template, 'registration')[0], 'Arn'],
      });
    }
  });

  test('the registration waits until the webhook can be called', () => {
    const [stage] = resources(template, 'AWS::ApiGateway::Stage').map(([id]) => id);
    for (const [, webhook] of webhooks) expect(webhook.DependsOn).toContain(stage);
  });

  /**
   * CloudFormation deletes what a template no longer has after all updates, and what depends on something before that:
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
   */
  test('an account that is removed is unregistered before its secrets are deleted, by a function that can still read them', () => {
    for (const [, webhook] of webhooks) {
      const { account, credentials, webhookSecret } = webhook.Properties;
      const secretNames = [credentials.Ref, webhookSecret.Ref].map(
        (id) => template.toJSON().Resources[id].Properties.Name,
      );
      expect(secretNames).toEqual([`ocrolus/test/${account}/credentials`, `ocrolus/test/${account}/webhook`]);
      const [policyId, policy] =
        resources(template, 'AWS::IAM::Policy').find(([id]) =>
          id.startsWith(`RegistrationSecrets${account}`),
        ) ?? [];
      expect(webhook.DependsOn).toContain(policyId);
      expect(
        policy?.Properties.PolicyDocument.Statement[0].Resource.map(({ Ref }: { Ref: string }) => Ref).sort(),
      ).toEqual([credentials.Ref, webhookSecret.Ref].sort());
    }
  });

  test('the test is repeated until the way in works, for twenty minutes, in two invocations', () => {
    const [lambdaId, { Properties }] = lambdaOf(template, 'registration');
    expect(Properties.Timeout).toBe(900);
    const [policyId, policy] =
      resources(template, 'AWS::IAM::Policy').find(([id]) => id.startsWith('RegistrationGoOn')) ?? [];
    expect(statements(policy?.Properties.PolicyDocument)).toEqual([
      {
        Effect: 'Allow',
        Action: ['lambda:InvokeFunction'],
        Resource: [{ 'Fn::GetAtt': [lambdaId, 'Arn'] }],
      },
    ]);
    for (const [, webhook] of webhooks) {
      expect(Number(webhook.Properties.ServiceTimeout)).toBeGreaterThan(20 * 60 + 5 * 60);
      // CloudFormation allows an hour at most.
      expect(Number(webhook.Properties.ServiceTimeout)).toBeLessThanOrEqual(3600);
      expect(webhook.DependsOn).toContain(policyId);
    }
    for (const [, webhook] of webhooks) expect(webhook.Properties.makesWayIn).toBe('true');
  });

  test('a daily check finds drift', () => {
    expect(schedulesOf(template).map(([, { Properties }]) => Properties)).toMatchObject([
      { ScheduleExpression: 'rate(1 day)', Target: { Input: '{"check":true}' } },
    ]);
  });

  test('the daily check starts after the first registration: earlier, it would report drift for a day', () => {
    const [[, check] = ['', { DependsOn: [] }]] = schedulesOf(template);
    expect(check.DependsOn).toEqual(expect.arrayContaining(webhooks.map(([id]) => id)));
  });

  test('every webhook secret is rotated, but no API credentials, and a deployment rotates nothing', () => {
    const schedules = resources(template, 'AWS::SecretsManager::RotationSchedule');
    expect(schedules).toHaveLength(2);
    for (const [, { Properties }] of schedules) {
      const secret = template.toJSON().Resources[Properties.SecretId.Ref];
      expect(secret.Properties.Name).toMatch(/\/webhook$/);
      expect(Properties).toMatchObject({
        RotateImmediatelyOnUpdate: false,
        RotationRules: { AutomaticallyAfterDays: 90 },
      });
    }
  });

  test('only Secrets Manager of this account can invoke the rotation', () => {
    const permissions = resources(template, 'AWS::Lambda::Permission').filter(
      ([, { Properties }]) => Properties.Principal === 'secretsmanager.amazonaws.com',
    );
    expect(permissions.map(([, { Properties }]) => Properties.SourceAccount)).toEqual([
      { Ref: 'AWS::AccountId' },
    ]);
  });
});

test('the URL of a proxy is registered, if a stage has one', () => {
  const template = synthesizeStack({
    registration: { enabled: true, url: 'https://hooks.example.com/{account}' },
  });
  const [[, { Properties }] = ['', { Properties: {} }]] = resources(template, 'Custom::OcrolusWebhook');
  expect(Properties.url).toBe('https://hooks.example.com/default');
  // The way in existed before, so the deployment does not wait for it.
  const policies = resources(template, 'AWS::IAM::Policy').map(([id]) => id);
  expect(policies.filter((id) => id.startsWith('RegistrationGoOn'))).toEqual([]);
});

test.each([
  [{ level: 'organization' as const, events: ['BOOK_VERIFIED'] }, ['default'], /registration\.events\.0/],
  [{ events: ['book.verified'] }, ['default'], /registration\.events\.0/],
  [{ level: 'organization' as const }, ['a', 'b'], /registration\.level/],
  [{ url: 'https://x.example/hook' }, ['a', 'b'], /registration\.url/],
  [{ url: 'https://me:secret@x.example/{account}' }, ['a'], /credentials/],
])('%j with accounts %j is refused', (registration, accounts, fault) => {
  expect(() => synthesizeStack({ accounts, registration })).toThrow(fault);
});

test('the encoding of the request is a setting: registration and rotation have it, and a change registers again', () => {
  const template = synthesizeStack({
    registration: { enabled: true, url: 'https://hooks.example.com', encoding: 'json' },
  });
  for (const name of ['registration', 'rotation'] as const) {
    const { Environment } = lambdaOf(template, name)[1].Properties;
    expect(Environment.Variables.REGISTRATION_ENCODING).toBe('json');
  }
  const [[, { Properties }] = ['', { Properties: {} }]] = resources(template, 'Custom::OcrolusWebhook');
  expect(Properties.encoding).toBe('json');
});
