import { expect } from 'vitest';
import type { Resource } from '../../infra/rules/template.ts';
import type { Moto } from '../moto.ts';
import { queryAws } from '../query-call.ts';
import type { Xml } from '../xml.ts';
import type { ReadBack } from './read-back.ts';

export const vpc: ReadBack = {
  what: 'VPC, subnets and routes are where the template says',
  types: [
    'AWS::EC2::VPC',
    'AWS::EC2::Subnet',
    'AWS::EC2::RouteTable',
    'AWS::EC2::SubnetRouteTableAssociation',
    'AWS::EC2::Route',
    'AWS::EC2::InternetGateway',
    'AWS::EC2::VPCGatewayAttachment',
    'AWS::EC2::FlowLog',
  ],
  async compare(moto, stack) {
    for (const [id, wanted] of stack.resolved('AWS::EC2::VPC')) {
      const [made] = await describe(moto, {
        what: 'Vpcs',
        set: 'vpcSet',
        parameter: 'VpcId.1',
        id: stack.idOf(id),
      });
      expect(made, id).toMatchObject({ cidrBlock: wanted.CidrBlock });
    }
    for (const [id, wanted] of stack.resolved('AWS::EC2::Subnet')) {
      const [made] = await describe(moto, {
        what: 'Subnets',
        set: 'subnetSet',
        parameter: 'SubnetId.1',
        id: stack.idOf(id),
      });
      expect(made, id).toMatchObject({
        vpcId: wanted.VpcId,
        cidrBlock: wanted.CidrBlock,
        availabilityZone: wanted.AvailabilityZone,
        mapPublicIpOnLaunch: String(wanted.MapPublicIpOnLaunch),
      });
    }
    const routes = stack.resolved('AWS::EC2::Route');
    const gateways = stack.resolved('AWS::EC2::VPCGatewayAttachment');
    expect(routes.length > 0).toBe(gateways.length > 0);
    // The emulator's CloudFormation passes over associations.
    for (const [, { RouteTableId, SubnetId }] of stack.resolved('AWS::EC2::SubnetRouteTableAssociation')) {
      await queryAws(moto, 'ec2', 'AssociateRouteTable', { RouteTableId, SubnetId });
    }
    for (const [id] of stack.resolved('AWS::EC2::RouteTable')) {
      const table = stack.idOf(id);
      const [made] = await describe(moto, {
        what: 'RouteTables',
        set: 'routeTableSet',
        parameter: 'RouteTableId.1',
        id: table,
      });
      const subnets = stack
        .resolved('AWS::EC2::SubnetRouteTableAssociation')
        .filter(([, { RouteTableId }]) => RouteTableId === table)
        .map(([, { SubnetId }]) => SubnetId);
      expect(
        entries(made.associationSet).map(({ subnetId }) => subnetId),
        id,
      ).toEqual(subnets);
      const outward = routes
        .filter(([, { RouteTableId }]) => RouteTableId === table)
        .map(([, { DestinationCidrBlock, GatewayId }]) => [DestinationCidrBlock, GatewayId]);
      const madeOutward = entries(made.routeSet)
        .filter(({ gatewayId }) => gatewayId !== 'local')
        .map(({ destinationCidrBlock, gatewayId }) => [destinationCidrBlock, gatewayId]);
      expect(madeOutward, id).toEqual(outward);
    }
    for (const [id, { InternetGatewayId, VpcId }] of gateways) {
      const [made] = await describe(moto, {
        what: 'InternetGateways',
        set: 'internetGatewaySet',
        parameter: 'InternetGatewayId.1',
        id: InternetGatewayId,
      });
      expect(entries(made.attachmentSet), id).toMatchObject([{ vpcId: VpcId }]);
    }
    for (const [id, wanted] of stack.resolved('AWS::EC2::FlowLog')) {
      const [made] = await describe(moto, {
        what: 'FlowLogs',
        set: 'flowLogSet',
        parameter: 'FlowLogId.1',
        id: stack.idOf(id),
      });
      expect(made, id).toMatchObject({
        resourceId: wanted.ResourceId,
        trafficType: wanted.TrafficType,
        logGroupName: wanted.LogGroupName,
        deliverLogsPermissionArn: wanted.DeliverLogsPermissionArn,
      });
    }
  },
};

export const endpoint: ReadBack = {
  what: 'the endpoint is in its subnets, and its security group and that of the load balancer admit who they should',
  types: ['AWS::EC2::VPCEndpoint', 'AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress'],
  async compare(moto, stack) {
    for (const [id, wanted] of stack.resolved('AWS::EC2::VPCEndpoint')) {
      const [made] = await describe(moto, {
        what: 'VpcEndpoints',
        set: 'vpcEndpointSet',
        parameter: 'VpcEndpointId.1',
        id: stack.idOf(id),
      });
      expect(made, id).toMatchObject({
        vpcEndpointType: 'Interface',
        serviceName: wanted.ServiceName,
        vpcId: wanted.VpcId,
        subnetIdSet: wanted.SubnetIds,
        privateDnsEnabled: String(wanted.PrivateDnsEnabled),
      });
      expect(
        entries(made.groupSet).map(({ groupId }) => groupId),
        id,
      ).toEqual(wanted.SecurityGroupIds);
    }
    const later = stack.resolved('AWS::EC2::SecurityGroupIngress').map(([, rule]) => rule);
    for (const [id, wanted] of stack.resolved('AWS::EC2::SecurityGroup')) {
      const group = await groupIdOf(moto, stack.idOf(id));
      const [made] = await describe(moto, {
        what: 'SecurityGroups',
        set: 'securityGroupInfo',
        parameter: 'GroupId.1',
        id: group,
      });
      const rules = [
        ...(wanted.SecurityGroupIngress ?? []),
        ...later.filter(({ GroupId }) => GroupId === group),
      ];
      expect(entries(made.ipPermissions).flatMap(sources).sort(), id).toEqual(
        rules.map((rule: Resource) => `${rule.FromPort} ${rule.CidrIp ?? rule.SourceSecurityGroupId}`).sort(),
      );
    }
  },
};

/** Who may connect to which port. */
function sources({ fromPort, ipRanges, groups }: Xml): string[] {
  const named = [
    ...entries(ipRanges).map(({ cidrIp }) => cidrIp),
    ...entries(groups).map(({ groupId }) => groupId),
  ];
  return named.map((source) => `${fromPort} ${source}`);
}

/** A group's `Ref` may be its name. */
async function groupIdOf(moto: Moto, ref: string): Promise<string> {
  if (ref.startsWith('sg-')) return ref;
  const parameters = { 'Filter.1.Name': 'group-name', 'Filter.1.Value.1': ref };
  const { DescribeSecurityGroupsResponse } = await queryAws(
    moto,
    'ec2',
    'DescribeSecurityGroups',
    parameters,
  );
  return DescribeSecurityGroupsResponse.securityGroupInfo[0].groupId;
}

interface DescribeCall {
  /** For example `Vpcs`. */
  readonly what: string;
  /** The list in the response. */
  readonly set: string;
  /** The name of the parameter that has the id. */
  readonly parameter: string;
  readonly id: string;
}

async function describe(moto: Moto, { what, set, parameter, id }: DescribeCall): Promise<Xml[]> {
  const answer = await queryAws(moto, 'ec2', `Describe${what}`, { [parameter]: id });
  return entries(answer[`Describe${what}Response`][set]);
}

/** EC2 writes an empty list as an empty element. */
function entries(list: Xml): Xml[] {
  return Array.isArray(list) ? list : [];
}
