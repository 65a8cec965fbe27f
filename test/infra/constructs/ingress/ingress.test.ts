import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { OCROLUS_ADDRESSES } from '../../../../infra/config/ingress.ts';
import { ALLOWLISTED, IMPORTED_VPC, PUBLIC_SUBNETS } from '../../testing/settings.ts';
import {
  onlyResource,
  type Resource,
  resources,
  statementsOf,
  synthesizeStack,
} from '../../testing/synthesized.ts';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

test('a private ingress has nothing that the internet can reach', () => {
  const template = synthesizeStack();
  for (const type of [LOAD_BALANCER, 'AWS::EC2::InternetGateway', 'AWS::ApiGateway::DomainNameV2']) {
    template.resourceCountIs(type, 0);
  }
  expect(template.findOutputs('PrivateWebhookUrls')).toEqual({});
});

const template = synthesizeStack({ ingress: ALLOWLISTED });
const [, { Properties: endpoint }] = onlyResource(template, 'AWS::EC2::VPCEndpoint');
const [, { Properties: balancer }] = onlyResource(template, LOAD_BALANCER);

/** The security group of the load balancer, and its id. */
function balancerGroup(from: Template): [string, Resource] {
  const [, { Properties }] = onlyResource(from, LOAD_BALANCER);
  const id: string = Properties.SecurityGroups[0]['Fn::GetAtt'][0];
  return [id, from.findResources('AWS::EC2::SecurityGroup')[id]?.Properties];
}

describe('who may connect', () => {
  const [groupId, group] = balancerGroup(template);
  const groupRef = { 'Fn::GetAtt': [groupId, 'GroupId'] };

  test('only the source addresses, and only to port 443', () => {
    const rules: Resource[] = group.SecurityGroupIngress;
    expect(rules.map(({ CidrIp }) => CidrIp)).toEqual(OCROLUS_ADDRESSES);
    for (const rule of rules) expect(rule).toMatchObject({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
    for (const [, { Properties }] of resources(template, 'AWS::EC2::SecurityGroupIngress')) {
      expect(Properties.GroupId).not.toEqual(groupRef);
    }
    for (const [, { Properties }] of resources(template, 'AWS::EC2::SecurityGroup')) {
      expect(JSON.stringify(Properties.SecurityGroupIngress)).not.toContain('0.0.0.0/0');
    }
  });

  test('another list of addresses replaces them', () => {
    const other = synthesizeStack({ ingress: { ...ALLOWLISTED, sourceAddresses: ['198.51.100.0/24'] } });
    const [, { SecurityGroupIngress }] = balancerGroup(other);
    expect(SecurityGroupIngress).toEqual([expect.objectContaining({ CidrIp: '198.51.100.0/24' })]);
  });

  test('the load balancer itself can reach the endpoint, and nothing else', () => {
    expect(group).not.toHaveProperty('SecurityGroupEgress');
    // With such a rule, EC2 removes the default rule that allows everything.
    const [, { Properties }] = onlyResource(template, 'AWS::EC2::SecurityGroupEgress');
    expect(Properties).toMatchObject({
      GroupId: groupRef,
      DestinationSecurityGroupId: endpoint.SecurityGroupIds[0],
      FromPort: 443,
      ToPort: 443,
    });
  });
});

describe('the load balancer', () => {
  const listener = onlyResource(template, 'AWS::ElasticLoadBalancingV2::Listener')[1].Properties;

  test('is in public subnets, in which nothing gets a public address automatically', () => {
    expect(balancer).toMatchObject({ Scheme: 'internet-facing', Type: 'application' });
    const routed = resources(template, 'AWS::EC2::SubnetRouteTableAssociation').map(
      ([, { Properties }]) => Properties.SubnetId,
    );
    expect(balancer.Subnets).toHaveLength(2);
    expect(routed).toEqual(expect.arrayContaining(balancer.Subnets));
    for (const [, { Properties }] of resources(template, 'AWS::EC2::Subnet')) {
      expect(Properties.MapPublicIpOnLaunch).toBe(false);
    }
  });

  test('forwards only the webhooks of the stage’s host: the endpoint leads to other private APIs as well', () => {
    expect(listener.DefaultActions).toMatchObject([{ FixedResponseConfig: { StatusCode: '404' } }]);
    const [, { Properties }] = onlyResource(template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(Properties.Conditions).toEqual([
      { Field: 'host-header', HostHeaderConfig: { Values: ['webhooks.example.com'] } },
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/webhooks/*'] } },
    ]);
  });

  test('is in the given public subnets of an imported VPC, and no part of that is created', () => {
    const imported = synthesizeStack({
      network: IMPORTED_VPC,
      ingress: { ...ALLOWLISTED, ...PUBLIC_SUBNETS },
    });
    const { Subnets } = onlyResource(imported, LOAD_BALANCER)[1].Properties;
    expect(Subnets).toEqual(PUBLIC_SUBNETS.publicSubnetIds);
    for (const type of ['VPC', 'Subnet', 'Route', 'InternetGateway', 'NatGateway']) {
      imported.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
    const [, targets] = onlyResource(imported, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(targets.Properties.Targets).toHaveLength(IMPORTED_VPC.vpc.subnetIds.length);
    expect(targets.Properties.VpcId).toBe(IMPORTED_VPC.vpc.vpcId);
  });
});

describe('the targets', () => {
  const [, { Properties: lookup }] = onlyResource(template, 'Custom::EndpointAddresses');

  test('the Lambda that looks them up has no other permission, and is configured like the others', () => {
    const lambdaId: string = lookup.ServiceToken['Fn::GetAtt'][0];
    const lambda = template.findResources('AWS::Lambda::Function')[lambdaId] ?? {};
    expect(lambda.Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON' },
    });
    const { Role, LoggingConfig } = lambda.Properties;
    const role = template.findResources('AWS::IAM::Role')[Role['Fn::GetAtt'][0]];
    expect(role?.Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(statementsOf(template, [lambdaId, lambda]).flatMap(({ Action }) => Action)).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'ec2:DescribeNetworkInterfaces',
    ]);
    const log = template.findResources('AWS::Logs::LogGroup')[LoggingConfig.LogGroup.Ref];
    expect(log?.Properties).toMatchObject({ KmsKeyId: expect.anything(), RetentionInDays: 90 });
  });
});

test('the endpoint keeps its default policy: with another, Basic authentication would be answered 403', () => {
  expect(endpoint).not.toHaveProperty('PolicyDocument');
});
