import { describe, expect, test } from 'vitest';
import { lambdaOf, onlyResource, STAGE, synthesizeStack } from '../testing/synthesized.ts';
import { monitored } from './monitoring/alarms-of.ts';

const CANARY = { webhookDeployment: 'canary' } as const;

test('the API invokes the alias of the webhook, which moves at once', () => {
  const template = synthesizeStack();
  const [aliasId, alias] = onlyResource(template, 'AWS::Lambda::Alias');
  expect(alias.Properties).toMatchObject({
    Name: 'live',
    FunctionName: { Ref: lambdaOf(template, 'webhook')[0] },
  });
  expect(alias).not.toHaveProperty('UpdatePolicy');
  const [, { Properties: method }] = onlyResource(template, 'AWS::ApiGateway::Method');
  expect(JSON.stringify(method.Integration.Uri)).toContain(`{"Ref":"${aliasId}"}`);
});

test('what changes in the webhook is another version, and nothing else is', () => {
  const versionOf = (settings: Parameters<typeof synthesizeStack>[0]) =>
    onlyResource(synthesizeStack(settings), 'AWS::Lambda::Version')[0];
  expect(versionOf({ freshnessSeconds: 1200 })).not.toBe(versionOf({}));
  expect(versionOf({ poll: { minutes: 10 } })).toBe(versionOf({}));
});

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
test('an earlier version stays, so that the alias can be moved back, and one of a failed deployment goes', () => {
  const [, version] = onlyResource(synthesizeStack(), 'AWS::Lambda::Version');
  expect(version.DeletionPolicy).toBe('RetainExceptOnCreate');
});

describe('a canary', () => {
  const { template, alarms } = monitored(CANARY);
  const [, { Properties: group }] = onlyResource(template, 'AWS::CodeDeploy::DeploymentGroup');

  test('is how CloudFormation moves the alias', () => {
    const [, alias] = onlyResource(template, 'AWS::Lambda::Alias');
    const [applicationId] = onlyResource(template, 'AWS::CodeDeploy::Application');
    const [groupId] = onlyResource(template, 'AWS::CodeDeploy::DeploymentGroup');
    expect(alias.UpdatePolicy).toEqual({
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: { Ref: applicationId },
        DeploymentGroupName: { Ref: groupId },
      },
    });
  });

  test('is taken back by an alarm of this stage: 5xx, or refused signatures', () => {
    const names: string[] = group.AlarmConfiguration.Alarms.map(({ Name }: { Name: string }) => Name);
    expect(names.map((name) => name.replace(`ocrolus-${STAGE}-`, ''))).toEqual([
      'webhook-server-errors',
      'deliveries-refused',
    ]);
    for (const name of names) expect([...alarms.keys()]).toContain(name.replace(`ocrolus-${STAGE}-`, ''));
    expect(group.AutoRollbackConfiguration).toMatchObject({
      Enabled: true,
      Events: expect.arrayContaining(['DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_FAILURE']),
    });
  });
});
