import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { OCROLUS_ADDRESSES } from '../../../../infra/config/ingress.ts';
import { ALLOWLISTED, GUARDED, IMPORTED_VPC, PUBLIC_SUBNETS } from '../../testing/settings.ts';
import { onlyResource, type Resource, resources, synthesizeStack } from '../../testing/synthesized.ts';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

const template = synthesizeStack({ ingress: ALLOWLISTED });

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
    const other = synthesizeStack({ ingress: { ...ALLOWLISTED, sourceAddresses: ['192.0.2.1/32'] } });
    const [, { SecurityGroupIngress }] = balancerGroup(other);
    expect(SecurityGroupIngress).toEqual([expect.objectContaining({ CidrIp: '192.0.2.1/32' })]);
  });
});

test('the load balancer is in the given public subnets of an imported VPC, and no part of that is created', () => {
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

test('without a hosted zone there is no record of the host name: an output has its target', () => {
  const [balancerId] = onlyResource(template, LOAD_BALANCER);
  template.resourceCountIs('AWS::Route53::RecordSet', 0);
  const { LoadBalancerDnsName } = template.toJSON().Outputs;
  expect(LoadBalancerDnsName.Value).toEqual({ 'Fn::GetAtt': [balancerId, 'DNSName'] });
});

test('WAF blocks no client below the rate that API Gateway accepts', () => {
  const [, acl] = onlyResource(synthesizeStack(GUARDED), 'AWS::WAFv2::WebACL');
  const { Limit, EvaluationWindowSec } = acl.Properties.Rules[0].Statement.RateBasedStatement;
  expect(Limit / EvaluationWindowSec).toBe(GUARDED.throttle.rate);
});
