import { describe, expect, test } from 'vitest';
import { onlyResource, resources, synthesizeStack } from './synthesized.ts';

const EXECUTE_API = { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.execute-api']] };

describe('a created VPC', () => {
  const template = synthesizeStack({ network: { vpc: { source: 'created', cidr: '10.9.0.0/24' } } });
  const [vpcId, vpc] = onlyResource(template, 'AWS::EC2::VPC');

  test('has two isolated subnets in two zones, and no way out', () => {
    expect(vpc.Properties).toMatchObject({
      CidrBlock: '10.9.0.0/24',
      // Both are needed for the endpoint's private DNS.
      EnableDnsHostnames: true,
      EnableDnsSupport: true,
    });
    const zones = resources(template, 'AWS::EC2::Subnet').map(
      ([, subnet]) => subnet.Properties.AvailabilityZone,
    );
    expect(zones).toEqual([0, 1].map((zone) => ({ 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] })));
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway', 'AWS::EC2::Route']) {
      template.resourceCountIs(type, 0);
    }
  });

  test('has flow logs', () => {
    const [, flowLog] = onlyResource(template, 'AWS::EC2::FlowLog');
    expect(flowLog.Properties).toMatchObject({ ResourceId: { Ref: vpcId }, TrafficType: 'ALL' });
  });

  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
  test('the flow log service can use its role for this account only', () => {
    const [, flowLog] = onlyResource(template, 'AWS::EC2::FlowLog');
    const [roleId] = flowLog.Properties.DeliverLogsPermissionArn['Fn::GetAtt'];
    const role = template.toJSON().Resources[roleId].Properties;
    const [{ Condition }] = role.AssumeRolePolicyDocument.Statement;
    expect(Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
    expect(JSON.stringify(Condition.ArnLike['aws:SourceArn'])).toContain(':vpc-flow-log/*');
  });

  test('has an execute-api endpoint in both subnets, with the default policy', () => {
    const [, endpoint] = onlyResource(template, 'AWS::EC2::VPCEndpoint');
    expect(endpoint.Properties).toMatchObject({
      ServiceName: EXECUTE_API,
      VpcEndpointType: 'Interface',
      VpcId: { Ref: vpcId },
      PrivateDnsEnabled: true,
    });
    expect(endpoint.Properties.SubnetIds).toHaveLength(2);
    // With a custom endpoint policy, API Gateway would answer Basic authentication with 403.
    expect(endpoint.Properties).not.toHaveProperty('PolicyDocument');
  });

  test('the endpoint allows HTTPS from within the VPC, and nothing else', () => {
    const [, group] = onlyResource(template, 'AWS::EC2::SecurityGroup');
    expect(group.Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({
        CidrIp: '10.9.0.0/24',
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
      }),
    ]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('the endpoint allows HTTPS from the ranges that a stage sets instead, such as that of a proxy', () => {
    const allowedCidrs = ['10.20.0.0/16', '192.168.7.0/24'];
    const [, group] = onlyResource(synthesizeStack({ network: { allowedCidrs } }), 'AWS::EC2::SecurityGroup');
    const rules: { CidrIp: string; FromPort: number; ToPort: number }[] =
      group.Properties.SecurityGroupIngress;
    expect(rules.map(({ CidrIp }) => CidrIp)).toEqual(allowedCidrs);
    for (const rule of rules) expect([rule.FromPort, rule.ToPort]).toEqual([443, 443]);
  });

  test('with one zone, the endpoint is in one subnet, and the other subnet is reserved', () => {
    const oneZone = synthesizeStack({ network: { vpc: { source: 'created', zones: 1 } } });
    expect(onlyResource(oneZone, 'AWS::EC2::VPCEndpoint')[1].Properties.SubnetIds).toHaveLength(1);
    oneZone.resourceCountIs('AWS::EC2::Subnet', 2);
  });

  test('the Lambdas are not in it: they need the public Ocrolus API', () => {
    for (const [, lambda] of resources(template, 'AWS::Lambda::Function')) {
      expect(lambda.Properties).not.toHaveProperty('VpcConfig');
    }
  });
});

describe('an imported VPC', () => {
  const template = synthesizeStack({
    network: {
      vpc: {
        source: 'imported',
        vpcId: 'vpc-0123456789abcdef0',
        cidr: '172.20.0.0/16',
        subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      },
    },
  });

  test('gets the endpoint, without cutting other resources off from public APIs', () => {
    const [, endpoint] = onlyResource(template, 'AWS::EC2::VPCEndpoint');
    expect(endpoint.Properties).toMatchObject({
      ServiceName: EXECUTE_API,
      VpcId: 'vpc-0123456789abcdef0',
      SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      PrivateDnsEnabled: false,
    });
    const [, group] = onlyResource(template, 'AWS::EC2::SecurityGroup');
    expect(group.Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '172.20.0.0/16', FromPort: 443, ToPort: 443 }),
    ]);
  });

  test('is not created again', () => {
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::EC2::Subnet', 0);
  });
});

test('with an imported endpoint, the stack has no resource of EC2', () => {
  const template = synthesizeStack({ network: { vpcEndpointId: 'vpce-0123456789abcdef0' } });
  const types = Object.values(template.toJSON().Resources).map(
    (resource) => (resource as { Type: string }).Type,
  );
  expect(types.filter((type) => type.startsWith('AWS::EC2::'))).toEqual([]);
});
