import { describe, expect, test } from 'vitest';
import { eventsOfLevel } from '../../../shared/ocrolus/webhooks/event-names.ts';
import { FULL } from '../testing/settings.ts';
import { lambdaOf, resources, statements, synthesizeStack } from '../testing/synthesized.ts';

describe('when a stage registers', () => {
  const template = synthesizeStack(FULL);
  const webhooks = resources(template, 'Custom::OcrolusWebhook');
  const [lambdaId, { Properties: lambda }] = lambdaOf(template, 'registration');
  const secretName = (id: string): string => template.toJSON().Resources[id].Properties.Name;
  const policyOf = (prefix: string) =>
    resources(template, 'AWS::IAM::Policy').find(([id]) => id.startsWith(prefix)) ?? ['', undefined];

  test('each account is registered, for every event of the account level, once the webhook can be called', () => {
    const [stage] = resources(template, 'AWS::ApiGateway::Stage').map(([id]) => id);
    expect(webhooks.map(([, { Properties }]) => Properties.account)).toEqual(['default', 'lending']);
    for (const [, { Properties, DependsOn }] of webhooks) {
      expect(Properties).toMatchObject({ level: 'account', events: eventsOfLevel('account').join(',') });
      expect(JSON.stringify(Properties.url)).toContain(`/webhooks/${Properties.account}`);
      expect(Properties.ServiceToken).toEqual({ 'Fn::GetAtt': [lambdaId, 'Arn'] });
      expect(DependsOn).toContain(stage);
    }
  });

  /**
   * CloudFormation deletes what a template no longer has after all updates, and what depends on something before that:
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
   */
  test('an account that is removed is unregistered before its secrets are deleted, by a function that can still read them', () => {
    for (const [, webhook] of webhooks) {
      const { account, credentials, webhookSecret } = webhook.Properties;
      expect(secretName(credentials.Ref)).toBe(`ocrolus/test/${account}/credentials`);
      expect(secretName(webhookSecret.Ref)).toBe(`ocrolus/test/${account}/webhook`);
      const [policyId, policy] = policyOf(`RegistrationSecrets${account}`);
      expect(webhook.DependsOn).toContain(policyId);
      const [{ Resource = [] } = {}] = statements(policy?.Properties.PolicyDocument);
      expect(Resource).toHaveLength(2);
      expect(Resource).toEqual(expect.arrayContaining([credentials, webhookSecret]));
    }
  });

  test('the test is repeated until the way in works, for twenty minutes, in two invocations', () => {
    expect(lambda.Timeout).toBe(900);
    const [policyId, policy] = policyOf('RegistrationGoOn');
    expect(statements(policy?.Properties.PolicyDocument)).toEqual([
      {
        Effect: 'Allow',
        Action: ['lambda:InvokeFunction'],
        Resource: [{ 'Fn::GetAtt': [lambdaId, 'Arn'] }],
      },
    ]);
    for (const [, { Properties, DependsOn }] of webhooks) {
      expect(Number(Properties.ServiceTimeout)).toBeGreaterThan(20 * 60 + 5 * 60);
      // CloudFormation allows an hour at most.
      expect(Number(Properties.ServiceTimeout)).toBeLessThanOrEqual(3600);
      expect(Properties.makesWayIn).toBe('true');
      expect(DependsOn).toContain(policyId);
    }
  });
});
