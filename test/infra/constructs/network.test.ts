import { describe, expect, test } from 'vitest';
import { IMPORTED_VPC } from '../testing/settings.ts';
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
  const [vpcId, vpc] = onlyResource(template, 'AWS::EC2::VPC');

  test('has two isolated subnets in two zones, and no way out', () => {
    const subnets = resources(template, 'AWS::EC2::Subnet').map(([, { Properties }]) => Properties);
    const zones = subnets.map(({ AvailabilityZone }) => AvailabilityZone);
    expect(zones).toEqual([0, 1].map((zone) => ({ 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] })));
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway', 'AWS::EC2::Route']) {
      template.resourceCountIs(type, 0);
    }
  });

  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
  test('has flow logs, and their service can use its role for this account only', () => {
    const [, { Properties }] = onlyResource(template, 'AWS::EC2::FlowLog');
    expect(Properties).toMatchObject({ ResourceId: { Ref: vpcId }, TrafficType: 'ALL' });
    const [roleId] = Properties.DeliverLogsPermissionArn['Fn::GetAtt'];
    const role = template.toJSON().Resources[roleId].Properties;
    const [{ Condition }] = role.AssumeRolePolicyDocument.Statement;
    expect(Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
    expect(JSON.stringify(Condition.ArnLike['aws:SourceArn'])).toContain(':vpc-flow-log/*');
  });

  test('has an endpoint in both subnets, with private DNS, which needs the DNS of the VPC', () => {
    expect(vpc.Properties).toMatchObject({ EnableDnsHostnames: true, EnableDnsSupport: true });
    expect(endpointOf(template)).toMatchObject({
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.execute-api']] },
      VpcId: { Ref: vpcId },
      PrivateDnsEnabled: true,
    });
    expect(endpointOf(template).SubnetIds).toHaveLength(2);
    // With a custom endpoint policy, API Gateway would answer Basic authentication with 403.
    expect(endpointOf(template)).not.toHaveProperty('PolicyDocument');
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

  test('the Lambdas are not in it: they need the public Ocrolus API', () => {
    for (const [, lambda] of resources(template, 'AWS::Lambda::Function')) {
      expect(lambda.Properties).not.toHaveProperty('VpcConfig');
    }
  });
});

test('an imported VPC gets the endpoint, without cutting other resources off from public APIs', () => {
  const template = synthesizeStack({ network: IMPORTED_VPC });
  const { vpcId, subnetIds, cidr } = IMPORTED_VPC.vpc;
  expect(endpointOf(template)).toMatchObject({
    VpcId: vpcId,
    SubnetIds: subnetIds,
    PrivateDnsEnabled: false,
  });
  expect(allowedBy(template)).toEqual([`tcp ${cidr} 443-443`]);
  template.resourceCountIs('AWS::EC2::VPC', 0);
  template.resourceCountIs('AWS::EC2::Subnet', 0);
});

test('with an imported endpoint, the stack has no resource of EC2', () => {
  const template = synthesizeStack({ network: { vpcEndpointId: 'vpce-0123456789abcdef0' } });
  const all: Resource[] = Object.values(template.toJSON().Resources);
  expect(all.filter(({ Type }) => Type.startsWith('AWS::EC2::'))).toEqual([]);
});
