import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { beforeAll, describe, expect, it } from 'vitest';
import { OcrolusWebhooks } from '../../infra/ocrolus-webhooks.ts';
import { emptyBundles } from './testing/synthesized.ts';
import { type CloudFormation, ofType } from './testing/template.ts';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/boundary';

/** A lender's own stack, with two stages and a service that reads one of them. */
let template: CloudFormation;
let stack: Stack;
let lending: OcrolusWebhooks;

beforeAll(() => {
  using bundles = emptyBundles();
  const app = new App({ analyticsReporting: false, outdir: bundles.outdir });
  stack = new Stack(app, 'Lending', { env: { account: '123456789012', region: 'eu-west-1' } });
  lending = new OcrolusWebhooks(stack, 'Webhooks', { stage: 'lending', tags: { team: 'loans' } }, bundles);
  const trial = {
    stage: 'trial',
    removalPolicy: 'destroy',
    security: { permissionsBoundary: BOUNDARY },
  } as const;
  new OcrolusWebhooks(stack, 'Trial', trial, bundles);
  const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  lending.grantRead(reader);
  template = Template.fromStack(stack).toJSON() as CloudFormation;
});

describe('two stages in the stack of somebody', () => {
  it('have outputs of their own', () => {
    const names = Object.keys(template.Outputs ?? {});
    expect(names).toEqual(expect.arrayContaining(['WebhooksTableName', 'TrialTableName']));
    const values = ofType(template, 'AWS::SSM::Parameter').map(([, { Name, Value }]) => [Name, Value]);
    expect(values).toEqual(
      expect.arrayContaining([
        ['/ocrolus-webhooks/lending/stack', 'Lending/Webhooks'],
        ['/ocrolus-webhooks/trial/stack', 'Lending/Trial'],
        ['/ocrolus-webhooks/lending/table', { Ref: expect.stringMatching(/^WebhooksBooksTable/) }],
      ]),
    );
  });

  it('have no physical name in common', () => {
    const named = /^(Queue|Secret|Rule|RestApi|Alarm|Alias|Dashboard)?Name$/;
    const names = Object.values(template.Resources).flatMap(({ Type, Properties = {} }) =>
      Object.entries(Properties).flatMap(([property, value]) =>
        named.test(property) && typeof value === 'string' ? [`${Type} ${value}`] : [],
      ),
    );
    expect(names.length).toBeGreaterThan(100);
    // An alias is named within its function.
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    expect(twice.filter((name) => !name.startsWith('AWS::Lambda::Alias'))).toEqual([]);
  });

  it('have their own tags and permissions boundary, and leave the rest of the stack alone', () => {
    const tagged = ofType(template, 'AWS::DynamoDB::Table').map(([id, { Tags = [] }]) => [id, Tags.length]);
    expect(tagged.map(([id, count]) => [/^[A-Z][a-z]+/.exec(String(id))?.[0], count])).toEqual([
      // Each has the version, too.
      ['Webhooks', 2],
      ['Trial', 1],
    ]);
    const roles = ofType(template, 'AWS::IAM::Role');
    const limited = roles.filter(([, { PermissionsBoundary }]) => PermissionsBoundary === BOUNDARY);
    expect(limited.map(([id]) => id).filter((id) => /^(Webhooks|Reader)/.test(id))).toEqual([]);
    const unlimited = roles.filter(([, { PermissionsBoundary }]) => PermissionsBoundary === undefined);
    expect(unlimited.map(([id]) => id).filter((id) => /^(Trial|Custom)/.test(id))).toEqual([]);
  });

  it('refuse to grant what no policy of this app can allow', () => {
    const elsewhere = Role.fromRoleArn(stack, 'Elsewhere', 'arn:aws:iam::210987654321:role/lending');
    for (const grantee of [elsewhere, new AccountPrincipal('210987654321')])
      expect(() => lending.grantRead({ grantPrincipal: grantee.grantPrincipal })).toThrow(
        'name others in `readers`',
      );
  });

  it('let a role read the results, and nothing else', () => {
    const [[, policy] = ['', {}]] = ofType(template, 'AWS::IAM::Policy').filter(([id]) =>
      id.startsWith('Reader'),
    );
    const actions = policy.PolicyDocument.Statement.flatMap(
      ({ Action }: { Action: string | string[] }) => Action,
    );
    expect(actions.sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'kms:Decrypt',
      's3:GetObject',
      'ssm:GetParameter',
      'ssm:GetParameters',
    ]);
    expect(JSON.stringify(policy)).toContain('/results/*');
  });

  it('name their URLs and metrics', () => {
    expect(stack.resolve(lending.webhookUrl())).toEqual(stack.resolve(lending.webhookUrl('default')));
    expect(() => lending.webhookUrl('another')).toThrow('no account "another"');
    expect(lending.metric('ResultsOverdue', {}).dimensions).toEqual({ stage: 'lending' });
  });

  it('say which setting is wrong', () => {
    const make = (settings: object) => () =>
      new OcrolusWebhooks(stack, 'Wrong', { stage: 'wrong', ...settings }, { folderOf: () => '' });
    expect(make({ acounts: [] })).toThrow(
      'The settings of stage "wrong" have faults:\n  acounts: is not a known',
    );
    stack.node.tryRemoveChild('Wrong');
    expect(make({ aws: { account: '123456789012', region: 'us-east-1' } })).toThrow(
      'aws: must be the account',
    );
    stack.node.tryRemoveChild('Wrong');
    const topicArn = 'arn:aws:sns:us-east-1:123456789012:alarms';
    expect(make({ alarms: { topicArn } })).toThrow('alarms.topicArn: must be in eu-west-1');
  });
});
