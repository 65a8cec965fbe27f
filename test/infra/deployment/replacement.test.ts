import { describe, expect, test } from 'vitest';
import type { SettingsInput } from '../../../infra/config/settings.ts';
import { templateOf } from '../templates/variants.ts';
import { ALLOWLISTED, IMPORTED_VPC, PUBLIC_SUBNETS } from '../testing/settings.ts';

type Stage = Omit<SettingsInput, 'stage'>;

/**
 * Resources that cannot be moved to another VPC. CloudFormation replaces some types when the property with their location
 * changes (AWS: "Update requires: Replacement"). It tries to move others, which AWS refuses, or replaces them in an order that
 * cannot work: these must have another logical id in another VPC.
 */
const REPLACED: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
  'AWS::EC2::SecurityGroup': ['VpcId'],
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['VpcId'],
  'AWS::ElasticLoadBalancingV2::Listener': ['LoadBalancerArn'],
  'AWS::ElasticLoadBalancingV2::ListenerRule': ['ListenerArn'],
  'AWS::WAFv2::WebACLAssociation': ['ResourceArn'],
  'AWS::ApiGateway::DomainNameAccessAssociation': ['AccessAssociationSource'],
};

const BOUND = [
  'AWS::EC2::FlowLog',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCGatewayAttachment',
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html: within its VPC only.
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
];

const { vpc } = IMPORTED_VPC;
const IN_IMPORTED: Stage = { network: IMPORTED_VPC, ingress: { ...ALLOWLISTED, ...PUBLIC_SUBNETS } };
const MOVES: readonly [string, Stage, Stage][] = [
  ['from a created VPC to an imported one', { ingress: ALLOWLISTED }, IN_IMPORTED],
  [
    'to another imported one',
    IN_IMPORTED,
    { ...IN_IMPORTED, network: { vpc: { ...vpc, vpcId: 'vpc-0123456789abcdef9' } } },
  ],
  [
    'to another range',
    { ingress: ALLOWLISTED },
    { ingress: ALLOWLISTED, network: { vpc: { source: 'created', cidr: '10.65.0.0/24' } } },
  ],
];

describe.each(MOVES)('an allowlisted stage that moves %s', (_, from, to) => {
  const before = templateOf(from);
  const after = templateOf(to);
  const staying = Object.keys(before.Resources).filter((id) => id in after.Resources);

  test('gets a new resource for each that CloudFormation cannot move', () => {
    const moved = staying.filter((id) => BOUND.includes(before.Resources[id]?.Type));
    expect(moved).toEqual([]);
  });

  test('has the others replaced by CloudFormation, because they name their location', () => {
    for (const id of staying) {
      const properties = REPLACED[before.Resources[id]?.Type] ?? [];
      for (const property of properties) {
        expect(after.Resources[id]?.Properties[property], `${id}.${property}`).not.toEqual(
          before.Resources[id]?.Properties[property],
        );
      }
    }
  });

  test('every resource that names a VPC, a subnet or the load balancer is of a type that is listed here', () => {
    const gone = Object.keys(before.Resources).filter((id) => !(id in after.Resources));
    const naming = staying.filter((id) =>
      gone.some((each) => JSON.stringify(before.Resources[id]?.Properties ?? {}).includes(`"${each}"`)),
    );
    const types = new Set(naming.map((id) => before.Resources[id]?.Type));
    const movable = [
      // The policies and the private URL name the endpoint, the record the load balancer: updated in place.
      'AWS::ApiGateway::RestApi',
      'AWS::ApiGateway::DomainNameV2',
      'AWS::Route53::RecordSet',
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Dashboard',
      'AWS::Lambda::Function',
      // Looks up the addresses again.
      'Custom::EndpointAddresses',
      'AWS::ApiGateway::Stage',
      'AWS::ApiGateway::BasePathMappingV2',
    ];
    expect([...types].filter((type) => !(type in REPLACED) && !movable.includes(type))).toEqual([]);
  });
});
