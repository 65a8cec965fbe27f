import { Aws, type RemovalPolicy } from 'aws-cdk-lib';
import {
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
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { DEFAULT_VPC, type ImportedVpc, type Network as NetworkSettings } from '../config/network.ts';
import type { EncryptionKey } from './encryption-key.ts';

export interface NetworkProps {
  /** What to create and what to import. */
  readonly settings: NetworkSettings;
  /** Encrypts the flow logs. */
  readonly encryptionKey: EncryptionKey;
  /** How long flow logs are kept. */
  readonly logRetention: RetentionDays;
  /** What becomes of the flow logs with the stack. */
  readonly removalPolicy: RemovalPolicy;
  /** Whether a load balancer will stand in the VPC: a VPC of its own then has public subnets, too. */
  readonly publicSubnets: boolean;
}

/** An endpoint that this stack makes. */
export interface CreatedEndpoint {
  /**
   * Which VPC it is, as part of construct ids: in another VPC, everything that CloudFormation cannot move there is another
   * resource (docs/decisions/0024). Empty for the VPC that is created when nothing is said.
   */
  readonly id: string;
  /** The endpoint. */
  readonly endpoint: InterfaceVpcEndpoint;
  /** Where it is. */
  readonly vpc: IVpc;
  /** In how many subnets it has a network interface. */
  readonly subnets: number;
}

/** The only way in: an `execute-api` interface endpoint, with the VPC around it where there is none yet. */
export class Network extends Construct {
  /** The endpoint from which the API may be invoked. */
  readonly endpoint: IInterfaceVpcEndpoint;
  /** The same, unless it existed already. */
  readonly created: CreatedEndpoint | undefined;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { vpcEndpointId, vpc } = props.settings;
    if (vpcEndpointId !== undefined) {
      this.endpoint = InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, 'Endpoint', {
        vpcEndpointId,
        port: 443,
      });
      return;
    }
    const where = vpc ?? DEFAULT_VPC;
    const allowed = props.settings.allowedCidrs ?? [where.cidr];
    if (where.source === 'imported') {
      const imported = this.importVpc(where);
      const subnets = imported.isolatedSubnets;
      this.created = addEndpoint({ ...where, id: where.vpcId, vpc: imported, subnets, allowed });
    } else {
      const id = where.cidr === DEFAULT_VPC.cidr ? '' : where.cidr.replace('/', '-');
      const created = this.createVpc(id, where.cidr, props);
      // The second subnet stays where it is: a stage may want it later.
      const subnets = created.isolatedSubnets.slice(0, where.zones);
      this.created = addEndpoint({ id, vpc: created, subnets, allowed, privateDns: true });
    }
    this.endpoint = this.created.endpoint;
  }

  /**
   * Two isolated subnets in two zones, and two public ones for a load balancer if there is one. Never a NAT
   * gateway: the Lambdas are not in here. Without a load balancer there is no internet gateway either, but the
   * public subnets' ranges stay free: else the isolated ones would have to be replaced, by subnets that overlap
   * them, when a stage gets its load balancer.
   */
  private createVpc(id: string, cidr: string, props: NetworkProps): IVpc {
    const vpc = new Vpc(this, `Vpc${id}`, {
      ipAddresses: IpAddresses.cidr(cidr),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'Endpoint', subnetType: SubnetType.PRIVATE_ISOLATED },
        {
          name: 'LoadBalancer',
          subnetType: SubnetType.PUBLIC,
          reserved: !props.publicSubnets,
          // The load balancer gets its public addresses anyway. Nothing else should have any.
          mapPublicIpOnLaunch: false,
        },
      ],
    });
    const logGroup = new LogGroup(this, 'FlowLogs', {
      retention: props.logRetention,
      encryptionKey: props.encryptionKey.key,
      removalPolicy: props.removalPolicy,
    });
    vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup, this.flowLogRole()),
    });
    if (!isIVpc(vpc)) throw new Error('a Vpc is an IVpc');
    return vpc;
  }

  /** Only for flow logs of this account: the service writes those of others, too (AWS: "The confused deputy problem"). */
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

/** So it is, were it not for `exactOptionalPropertyTypes`: its `vpnGatewayId` may be there and `undefined`. */
function isIVpc(vpc: Construct): vpc is Construct & IVpc {
  return vpc instanceof Vpc;
}

interface EndpointPlace {
  readonly id: string;
  readonly vpc: IVpc;
  readonly subnets: ISubnet[];
  /** Who may connect. */
  readonly allowed: readonly string[];
  readonly privateDns: boolean;
}

/**
 * The endpoint, with a security group that admits HTTPS from the ranges named.
 *
 * It keeps its default policy (full access); the restriction is in the API's resource policy. With a policy of
 * its own, API Gateway takes an `Authorization` header for a SigV4 signature and answers 403, so Basic
 * authentication could never work.
 */
function addEndpoint({ id, vpc, subnets, allowed, privateDns }: EndpointPlace): CreatedEndpoint {
  const endpoint = vpc.addInterfaceEndpoint('ExecuteApi', {
    service: InterfaceVpcEndpointAwsService.APIGATEWAY,
    subnets: { subnets },
    // The rules are added below with the ranges as they were written: a reference to the VPC says the same, but
    // a reviewer of the template (a person, or cdk-nag) could not see what it is.
    open: false,
    privateDnsEnabled: privateDns,
  });
  for (const range of allowed)
    endpoint.connections.allowDefaultPortFrom(Peer.ipv4(range), `HTTPS from ${range}`);
  return { id, endpoint, vpc, subnets: subnets.length };
}
