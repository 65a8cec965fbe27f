import type { RemovalPolicy } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  type IInterfaceVpcEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { DEFAULT_CIDR, type ImportedVpc, type Network as NetworkSettings } from '../config/network.ts';
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
}

/** The only way in: an `execute-api` interface endpoint, with the VPC around it where there is none yet. */
export class Network extends Construct {
  /** The endpoint from which the API may be invoked. */
  readonly endpoint: IInterfaceVpcEndpoint;

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
    this.endpoint =
      vpc?.source === 'imported'
        ? addEndpoint(this.importVpc(vpc), vpc.privateDns)
        : addEndpoint(this.createVpc(vpc?.cidr ?? DEFAULT_CIDR, props), true);
  }

  /** Two isolated subnets in two zones: neither internet gateway nor NAT, for the Lambdas are not in here. */
  private createVpc(cidr: string, props: NetworkProps): Vpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(cidr),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Endpoint', subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    const logGroup = new LogGroup(this, 'FlowLogs', {
      retention: props.logRetention,
      encryptionKey: props.encryptionKey.key,
      removalPolicy: props.removalPolicy,
    });
    vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(logGroup) });
    return vpc;
  }

  private importVpc(vpc: ImportedVpc): IVpc {
    return Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: vpc.vpcId,
      vpcCidrBlock: vpc.cidr,
      availabilityZones: vpc.availabilityZones,
      isolatedSubnetIds: vpc.subnetIds,
    });
  }
}

/**
 * The endpoint, with a security group that admits HTTPS from within the VPC.
 *
 * It keeps its default policy (full access); the restriction is in the API's resource policy. With a policy of
 * its own, API Gateway takes an `Authorization` header for a SigV4 signature and answers 403, so Basic
 * authentication could never work.
 */
function addEndpoint(vpc: Vpc | IVpc, privateDnsEnabled: boolean): IInterfaceVpcEndpoint {
  return vpc.addInterfaceEndpoint('ExecuteApi', {
    service: InterfaceVpcEndpointAwsService.APIGATEWAY,
    subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    open: true,
    privateDnsEnabled,
  });
}
