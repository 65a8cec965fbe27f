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
  readonly ingress: Allowlisted;
  readonly vpc: IVpc;
  /** Part of the construct id, because a load balancer cannot be moved to another VPC. */
  readonly vpcName: string;
  /** Public subnets, in at least two zones. */
  readonly subnets: SubnetSelection;
  readonly endpoint: InterfaceVpcEndpoint;
  readonly addresses: readonly string[];
}

/** The only resource that the internet can reach: port 443, from the source addresses, and only the webhooks. */
export class LoadBalancer extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  /** The endpoint's addresses, with their health checks. */
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
    // Not set in the template: a protected load balancer cannot be rolled back, and an update would undo `ops protect`.
    this.balancer.removeAttribute('deletion_protection.enabled');
    this.targets = new ApplicationTargetGroup(this, 'Endpoint', {
      vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTPS,
      port: 443,
      targets: props.addresses.map((address) => new IpTarget(address, 443)),
      // A health check names no API, so API Gateway answers 403, which shows that the endpoint works. The default protocol is
      // plain HTTP (AWS: AWS::ElasticLoadBalancingV2::TargetGroup), which the endpoint does not support.
      healthCheck: { protocol: Protocol.HTTPS, path: '/', healthyHttpCodes: '403' },
      // Longer than API Gateway's timeout of 29 seconds.
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
      // By default, CDK opens the port to the whole internet.
      open: false,
      defaultAction: ListenerAction.fixedResponse(404),
    });
    // The endpoint serves any private API that the Host header names. This rule exposes only this stage's API.
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
