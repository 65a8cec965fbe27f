import { Subnet, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { Allowlisted } from '../../config/ingress.ts';
import type { Settings } from '../../config/settings.ts';
import { jsonOf } from '../lambda/node-function.ts';
import type { LogProps } from '../logs.ts';
import type { Network } from '../network.ts';
import type { WebhookApi } from '../webhook-api.ts';
import { EndpointAddresses } from './endpoint-addresses.ts';
import { LoadBalancer } from './load-balancer.ts';
import { LoadBalancerLogs } from './load-balancer-logs.ts';
import { PrivateDomainName } from './private-domain-name.ts';
import { WebFirewall } from './web-firewall.ts';

export interface AllowlistedIngressProps extends LogProps {
  readonly settings: Settings;
  readonly ingress: Allowlisted;
  readonly network: Network;
  readonly api: WebhookApi;
}

/**
 * Gives Ocrolus, and no other client on the internet, access to the private API: a load balancer that allows
 * Ocrolus's source addresses and forwards to the endpoint, and a private domain name, by which API Gateway finds the
 * API.
 */
export class AllowlistedIngress extends Construct {
  /** The load balancer, and the endpoint's addresses as its targets. */
  readonly loadBalancer: LoadBalancer;
  readonly logs: LoadBalancerLogs;
  /** Private addresses of the endpoint, for a client that goes around the load balancer. */
  readonly endpointAddresses: readonly string[];
  private readonly hostName: string;
  private readonly certificateArn: string;

  constructor(scope: Construct, id: string, props: AllowlistedIngressProps) {
    super(scope, id);
    const { ingress, settings, api } = props;
    const { created } = props.network;
    if (created === undefined) throw new Error('a load balancer needs an endpoint that the stack creates');
    const { vpc, endpoint, id: vpcName } = created;
    this.hostName = ingress.hostName;
    this.certificateArn = ingress.certificateArn;
    const { encryptionKey, logRetention, removalPolicy } = props;
    const logged = { encryptionKey, logRetention, removalPolicy };

    this.endpointAddresses = new EndpointAddresses(this, 'Addresses', {
      ...logged,
      endpoint,
      interfaces: created.subnets.length,
    }).addresses;
    const subnets = ingress.publicSubnetIds?.map((subnet) => Subnet.fromSubnetId(this, subnet, subnet));
    this.loadBalancer = new LoadBalancer(this, 'LoadBalancer', {
      ingress,
      vpc,
      vpcName,
      subnets: subnets === undefined ? { subnetType: SubnetType.PUBLIC } : { subnets },
      endpoint,
      addresses: this.endpointAddresses,
    });
    const { balancer } = this.loadBalancer;
    const accessLogs = settings.security.bucketAccessLogs;
    this.logs = new LoadBalancerLogs(this, 'Logs', { ...logged, accessLogs });
    this.logs.receive(balancer);
    new PrivateDomainName(this, 'DomainName', { ...ingress, api: api.api, endpoint });

    if (ingress.waf) {
      const throttleRate = settings.throttle.rate;
      const { loadBalancerArn } = balancer;
      new WebFirewall(this, 'Firewall', { ...logged, stage: settings.stage, loadBalancerArn, throttleRate });
    }
    const { hostedZoneId, zoneName } = ingress;
    if (hostedZoneId !== undefined && zoneName !== undefined) {
      new ARecord(this, 'Record', {
        zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName }),
        recordName: `${ingress.hostName}.`,
        target: RecordTarget.fromAlias(new LoadBalancerTarget(balancer)),
      });
    }
  }

  /** URL to which Ocrolus posts the deliveries of an account. */
  urlOf(account: string): string {
    return `https://${this.hostName}/webhooks/${account}`;
  }

  /** Outputs that operators need, besides the URLs. */
  outputs(accounts: readonly string[], api: WebhookApi): Record<string, string> {
    const privateUrls = new Map(accounts.map((account) => [account, api.urlOf(account)]));
    return {
      // For a test from within the VPC that bypasses the load balancer.
      PrivateWebhookUrls: jsonOf(privateUrls, (url) => url),
      // `ops protect` protects it.
      LoadBalancerArn: this.loadBalancer.balancer.loadBalancerArn,
      // `ops doctor` checks when it expires.
      CertificateArn: this.certificateArn,
      // The target of the host name's DNS record, if the stack does not create the record.
      LoadBalancerDnsName: this.loadBalancer.balancer.loadBalancerDnsName,
      LoadBalancerLogBucketName: this.logs.bucket.bucketName,
      LoadBalancerTargetGroupArn: this.loadBalancer.targets.targetGroupArn,
    };
  }
}
