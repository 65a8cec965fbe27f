import { Aws } from 'aws-cdk-lib';
import {
  CfnSecurityGroup,
  FlowLogDestination,
  type IInterfaceVpcEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  Peer,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  type CreatedVpc,
  DEFAULT_VPC,
  type ImportedVpc,
  type Network as NetworkSettings,
} from '../config/network.ts';
import { stackName } from '../functions.ts';
import { createLogGroup, type LogProps } from './logs.ts';

export interface NetworkProps extends LogProps {
  readonly stage: string;
  /** VPC and endpoint to create or to import. */
  readonly settings: NetworkSettings;
  /** Whether a created VPC has public subnets, for a load balancer. */
  readonly publicSubnets: boolean;
}

/** An endpoint that this stack creates. */
export interface CreatedEndpoint {
  /**
   * Identifies the VPC in construct ids: in another VPC, a resource that CloudFormation cannot move gets another logical id
   * (docs/decisions/0024). Empty for the default VPC.
   */
  readonly id: string;
  readonly endpoint: InterfaceVpcEndpoint;
  readonly vpc: IVpc;
  /** Subnets in which it has a network interface. */
  readonly subnets: readonly ISubnet[];
}

/** The only way to the API: an `execute-api` interface endpoint, and its VPC unless that is imported. */
export class Network extends Construct {
  /** The endpoint through which the API can be invoked. */
  readonly endpoint: IInterfaceVpcEndpoint;
  /** The same endpoint with its VPC, unless it is imported. */
  readonly created: CreatedEndpoint | undefined;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { stage } = props;
    const { vpcEndpointId, vpc } = props.settings;
    if (vpcEndpointId !== undefined) {
      this.endpoint = InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, 'Endpoint', {
        vpcEndpointId,
        port: 443,
      });
      return;
    }
    const place = vpc ?? DEFAULT_VPC;
    const allowed = props.settings.allowedCidrs ?? [place.cidr];
    if (place.source === 'imported') {
      const imported = this.importVpc(place);
      const subnets = imported.isolatedSubnets;
      this.created = addEndpoint({ ...place, stage, id: place.vpcId, vpc: imported, subnets, allowed });
    } else {
      // CloudFormation cannot move a subnet to another zone either, because the new one comes first, with the same range.
      const range = place.cidr === DEFAULT_VPC.cidr ? '' : place.cidr.replace('/', '-');
      const id = [range, ...(place.zoneNames ?? [])].join('');
      const created = this.createVpc(id, place, props);
      // With one zone, the second subnet is created too, so that a stage can add the zone later.
      const subnets = created.isolatedSubnets.slice(0, place.zones);
      this.created = addEndpoint({ stage, id, vpc: created, subnets, allowed, privateDns: true });
    }
    this.endpoint = this.created.endpoint;
  }

  /**
   * Creates two isolated subnets in two zones, and two public ones if there is a load balancer. There is no NAT
   * gateway, because the Lambdas are not in the VPC, and no internet gateway without a load balancer. The ranges of
   * the public subnets are always reserved: otherwise, a stage that adds a load balancer would replace its isolated
   * subnets by subnets that overlap them.
   */
  private createVpc(id: string, { cidr, zoneNames }: CreatedVpc, props: NetworkProps): IVpc {
    const vpc = new Vpc(this, `Vpc${id}`, {
      ipAddresses: IpAddresses.cidr(cidr),
      ...(zoneNames === undefined ? { maxAzs: 2 } : { availabilityZones: [...zoneNames] }),
      natGateways: 0,
      subnetConfiguration: [
        { name: 'Endpoint', subnetType: SubnetType.PRIVATE_ISOLATED },
        {
          name: 'LoadBalancer',
          subnetType: SubnetType.PUBLIC,
          reserved: !props.publicSubnets,
          // A load balancer gets public addresses anyway, and nothing else should have one.
          mapPublicIpOnLaunch: false,
        },
      ],
    });
    const logGroup = createLogGroup(this, 'FlowLogs', props);
    vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup, this.flowLogRole()),
    });
    if (!isIVpc(vpc)) throw new Error('expected a Vpc');
    return vpc;
  }

  /** Limits the role to this account: the service writes flow logs of all (AWS: "The confused deputy problem"). */
  private flowLogRole(): Role {
    return new Role(this, 'FlowLogRole', {
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:vpc-flow-log/*`,
          },
        },
      }),
    });
  }

  private importVpc(vpc: ImportedVpc): IVpc {
    return Vpc.fromVpcAttributes(this, `Vpc${vpc.vpcId}`, {
      vpcId: vpc.vpcId,
      vpcCidrBlock: vpc.cidr,
      availabilityZones: vpc.availabilityZones,
      isolatedSubnetIds: vpc.subnetIds,
    });
  }
}

/** `Vpc` implements `IVpc`, but `exactOptionalPropertyTypes` refuses its `vpnGatewayId`, which may be `undefined`. */
function isIVpc(vpc: Construct): vpc is Construct & IVpc {
  return vpc instanceof Vpc;
}

interface EndpointPlace {
  readonly stage: string;
  readonly id: string;
  readonly vpc: IVpc;
  readonly subnets: ISubnet[];
  /** CIDR ranges that may connect. */
  readonly allowed: readonly string[];
  readonly privateDns: boolean;
}

/**
 * Adds the endpoint, with a security group that allows HTTPS from the given ranges.
 *
 * The endpoint keeps its default policy (full access); the API's resource policy has the restriction. With a custom
 * endpoint policy, API Gateway treats an `Authorization` header as a SigV4 signature and answers 403, which would
 * break Basic authentication.
 */
function addEndpoint({ stage, id, vpc, subnets, allowed, privateDns }: EndpointPlace): CreatedEndpoint {
  const endpoint = vpc.addInterfaceEndpoint('ExecuteApi', {
    service: InterfaceVpcEndpointAwsService.APIGATEWAY,
    subnets: { subnets },
    // The rules are added below with literal ranges: a person or cdk-nag reviewing the template could not see the
    // range behind a reference to the VPC.
    open: false,
    privateDnsEnabled: privateDns,
  });
  // CDK's description is the construct's path, which depends on the app, and another one replaces the group.
  for (const { node } of endpoint.connections.securityGroups) {
    if (!(node.defaultChild instanceof CfnSecurityGroup)) throw new Error('CDK has moved the security group');
    node.defaultChild.groupDescription = `${stackName(stage)}/Network/${vpc.node.id}/ExecuteApi/SecurityGroup`;
  }
  for (const range of allowed)
    endpoint.connections.allowDefaultPortFrom(Peer.ipv4(range), `HTTPS from ${range}`);
  return { id, endpoint, vpc, subnets };
}
