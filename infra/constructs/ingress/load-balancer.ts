import { Duration } from 'aws-cdk-lib';
import {
  type InterfaceVpcEndpoint,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCertificate,
  ListenerCondition,
  Protocol,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { IpTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import { Construct } from 'constructs';
import type { Allowlisted } from '../../config/ingress.ts';

export interface LoadBalancerProps {
  /** Host name, certificate and who may connect. */
  readonly ingress: Allowlisted;
  /** Where it stands. */
  readonly vpc: IVpc;
  /** Part of its id: it cannot be moved to another VPC, so there it is another load balancer. */
  readonly vpcName: string;
  /** Public subnets, in at least two zones. */
  readonly subnets: SubnetSelection;
  /** Where it forwards to. */
  readonly endpoint: InterfaceVpcEndpoint;
  /** The private addresses of `endpoint`. */
  readonly addresses: readonly string[];
}

/** The one thing that the internet can see: port 443, for the source addresses only, for the webhooks only. */
export class LoadBalancer extends Construct {
  /** The load balancer. */
  readonly balancer: ApplicationLoadBalancer;
  /** The endpoint's addresses, and whether they answer. */
  readonly targets: ApplicationTargetGroup;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { ingress, vpc, endpoint } = props;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'HTTPS from Ocrolus to the API endpoint',
      allowAllOutbound: false,
    });
    for (const range of ingress.sourceAddresses) {
      securityGroup.addIngressRule(Peer.ipv4(range), Port.tcp(443), `HTTPS from ${range}`);
    }
    securityGroup.connections.allowTo(endpoint, Port.tcp(443), 'HTTPS from the load balancer');

    this.balancer = new ApplicationLoadBalancer(this, `Balancer${props.vpcName}`, {
      vpc,
      vpcSubnets: props.subnets,
      internetFacing: true,
      securityGroup,
      dropInvalidHeaderFields: true,
    });
    // CloudFormation must not have a say: a protected load balancer cannot be rolled back, and an update would undo
    // what `ops protect` has set.
    this.balancer.removeAttribute('deletion_protection.enabled');
    this.targets = new ApplicationTargetGroup(this, 'Endpoint', {
      vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTPS,
      port: 443,
      targets: props.addresses.map((address) => new IpTarget(address, 443)),
      // A health check names no API, and API Gateway refuses it. So it is alive. Without a protocol it would speak plain
      // HTTP (AWS: AWS::ElasticLoadBalancingV2::TargetGroup), which the endpoint does not.
      healthCheck: { protocol: Protocol.HTTPS, path: '/', healthyHttpCodes: '403' },
      // No request takes longer than API Gateway's 29 seconds.
      deregistrationDelay: Duration.seconds(30),
    });
    this.listen(ingress);
  }

  private listen({ hostName, certificateArn }: Allowlisted): void {
    const listener = this.balancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      certificates: [ListenerCertificate.fromArn(certificateArn)],
      // TLS 1.2 and 1.3.
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
      // CDK would admit the whole internet to the port.
      open: false,
      defaultAction: ListenerAction.fixedResponse(404),
    });
    // The endpoint takes a request to whichever private API its Host names. Ours is the only one to be seen.
    listener.addAction('Webhooks', {
      priority: 1,
      conditions: [
        ListenerCondition.hostHeaders([hostName]),
        ListenerCondition.pathPatterns(['/webhooks/*']),
      ],
      action: ListenerAction.forward([this.targets]),
    });
  }
}
