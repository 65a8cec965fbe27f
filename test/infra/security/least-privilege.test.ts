import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { VARIANT_NAMES, variantTemplate } from '../templates/variants.ts';
import { ADOPTED } from '../testing/settings.ts';
import { statements } from '../testing/synthesized.ts';
import { ofType } from '../testing/template.ts';

/** Actions that AWS supports on `*` only. All others must name their resources. */
const WITHOUT_RESOURCES: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'X-Ray has no resources; write only',
  'xray:PutTelemetryRecords': 'X-Ray has no resources; write only',
  'secretsmanager:GetRandomPassword': 'makes a random text, reads nothing',
  'cloudwatch:GetMetricData': 'metrics have no resources; reads numbers',
  'cloudwatch:DescribeAlarms': 'composite alarms are shown to those only who may see all alarms',
  'ec2:DescribeNetworkInterfaces': 'the describe calls of EC2 know no resources',
  'ec2:DescribeSubnets': 'the describe calls of EC2 know no resources',
  'ec2:CreateNetworkInterface': 'AWS documents * for functions in a VPC, before their interfaces have ids',
  'ec2:DeleteNetworkInterface': 'AWS documents * for functions in a VPC',
  'ec2:AssignPrivateIpAddresses': 'AWS documents * for functions in a VPC',
  'ec2:UnassignPrivateIpAddresses': 'AWS documents * for functions in a VPC',
};

/** The property with the resource policy, by type. */
const RESOURCE_POLICIES: Readonly<Record<string, string>> = {
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::ApiGateway::RestApi': 'Policy',
};

/** Identity policies. */
const POLICIES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

describe.each(VARIANT_NAMES)('in the variant %s', (name) => {
  const template = variantTemplate(name);
  const granted = POLICIES.flatMap((type) => ofType(template, type)).flatMap(([id, { PolicyDocument }]) =>
    statements(PolicyDocument).map((statement) => ({ id, ...statement })),
  );

  test('only actions that support no single resources are allowed on *', () => {
    const everywhere = granted.filter(({ Resource }) => Resource.includes('*'));
    const avoidable = everywhere.flatMap(({ Action }) => Action).filter((it) => !(it in WITHOUT_RESOURCES));
    expect(avoidable).toEqual([]);
  });

  test('no role can pass roles, change policies or use resources outside the stack', () => {
    const actions = granted.flatMap(({ Action }) => Action);
    const reading = ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackResource'];
    const powerful = /^(iam|sts|organizations|cloudformation):/;
    expect(actions.filter((action) => powerful.test(action) && !reading.includes(action))).toEqual([]);
  });

  test('each role is assumed by one service of AWS', () => {
    for (const [id, { AssumeRolePolicyDocument }] of ofType(template, 'AWS::IAM::Role')) {
      for (const { Principal } of statements(AssumeRolePolicyDocument)) {
        expect(Principal, id).toEqual({ Service: expect.stringMatching(/^[a-z0-9-]+\.amazonaws\.com$/) });
      }
    }
  });

  test('a principal `*` in a resource policy is denied, or limited to the endpoint', () => {
    const documents = Object.entries(RESOURCE_POLICIES).flatMap(([type, property]) =>
      ofType(template, type).map(([id, properties]) => [id, properties[property]] as const),
    );
    // Each channel has two queues.
    expect(documents.length).toBeGreaterThan(2 * CHANNELS.length);
    for (const [id, document] of documents) {
      const open = statements({ Statement: document?.Statement ?? [] }).filter(
        ({ Effect, Principal, Condition }) =>
          Effect === 'Allow' &&
          JSON.stringify(Principal).includes('"*"') &&
          Condition?.StringEquals?.['aws:SourceVpce'] === undefined,
      );
      expect(open, id).toEqual([]);
    }
  });

  test('only the account administers the key, and services use it for their own resources', () => {
    const [[, key] = ['', undefined]] = ofType(template, 'AWS::KMS::Key');
    // The key of the account has a policy of its own.
    if (key === undefined) return expect(JSON.stringify(template)).toContain(ADOPTED.keyArn);
    const all = statements(key.KeyPolicy).map((statement) => {
      // AWS: without the account's root, the policy could never be changed and the key never be deleted.
      return { ...statement, root: JSON.stringify(statement.Principal).includes(':root"') };
    });
    expect(all.filter(({ Action }) => Action.includes('kms:*')).map(({ root }) => root)).toEqual([true]);
    for (const { Principal, Action, Condition } of all.filter(({ root }) => !root)) {
      expect(Action.filter((action) => action.includes('*'))).toEqual([]);
      expect(Principal).toEqual({ Service: expect.anything() });
      expect(Condition).toBeDefined();
    }
  });

  test('nothing is public', () => {
    for (const [id, bucket] of ofType(template, 'AWS::S3::Bucket')) {
      const blocked = Object.values(bucket.PublicAccessBlockConfiguration ?? {});
      expect(blocked, id).toEqual([true, true, true, true]);
    }
    const opening = ['AWS::Lambda::Url', 'AWS::S3::AccessPoint', 'AWS::EC2::NatGateway', 'AWS::EC2::EIP'];
    for (const type of opening) expect(ofType(template, type), type).toEqual([]);
    for (const [id, permission] of ofType(template, 'AWS::Lambda::Permission')) {
      expect(permission.Principal, id).toMatch(/\.amazonaws\.com$/);
    }
  });
});
