import { describe, expect, test } from 'vitest';
import { onlyResource, type Resource, resources, synthesizeStack } from '../testing/synthesized.ts';

type Stack = ReturnType<typeof synthesizeStack>;

const endpointOf = (template: Stack): Resource =>
  onlyResource(template, 'AWS::EC2::VPCEndpoint')[1].Properties;

/** Ranges that may connect to the endpoint, each with its ports. */
function allowedBy(template: Stack): string[] {
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  const rules: Resource[] = onlyResource(template, 'AWS::EC2::SecurityGroup')[1].Properties
    .SecurityGroupIngress;
  return rules.map(
    ({ IpProtocol, CidrIp, FromPort, ToPort }) => `${IpProtocol} ${CidrIp} ${FromPort}-${ToPort}`,
  );
}

describe('a created VPC', () => {
  const template = synthesizeStack({ network: { vpc: { source: 'created', cidr: '10.9.0.0/24' } } });

  test('has two isolated subnets in two zones, and no way out', () => {
    const subnets = resources(template, 'AWS::EC2::Subnet').map(([, { Properties }]) => Properties);
    const zones = subnets.map(({ AvailabilityZone }) => AvailabilityZone);
    expect(zones).toEqual([0, 1].map((zone) => ({ 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] })));
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway', 'AWS::EC2::Route']) {
      template.resourceCountIs(type, 0);
    }
  });

  test('with one zone, the endpoint is in one subnet, and the other subnet is reserved', () => {
    const oneZone = synthesizeStack({ network: { vpc: { source: 'created', zones: 1 } } });
    expect(endpointOf(oneZone).SubnetIds).toHaveLength(1);
    oneZone.resourceCountIs('AWS::EC2::Subnet', 2);
  });

  test('the endpoint allows HTTPS from within the VPC, or from the ranges that a stage sets instead', () => {
    expect(allowedBy(template)).toEqual(['tcp 10.9.0.0/24 443-443']);
    // Such as that of a proxy.
    const allowedCidrs = ['10.20.0.0/16', '192.168.7.0/24'];
    expect(allowedBy(synthesizeStack({ network: { allowedCidrs } }))).toEqual([
      'tcp 10.20.0.0/16 443-443',
      'tcp 192.168.7.0/24 443-443',
    ]);
  });
});

test('with an imported endpoint, the stack has no resource of EC2', () => {
  const template = synthesizeStack({ network: { vpcEndpointId: 'vpce-0123456789abcdef0' } });
  const all: Resource[] = Object.values(template.toJSON().Resources);
  expect(all.filter(({ Type }) => Type.startsWith('AWS::EC2::'))).toEqual([]);
});
