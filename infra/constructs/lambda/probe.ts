import { Duration } from 'aws-cdk-lib';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { allow } from '../logs.ts';
import type { CreatedEndpoint } from '../network.ts';
import { type FunctionDefaults, NodeFunction } from './node-function.ts';

export interface ProbeProps extends FunctionDefaults {
  /** Minutes between two pings. */
  readonly minutes: number;
  /** Endpoint through which the ping goes. */
  readonly endpoint: CreatedEndpoint;
  /** Addresses of the endpoint; empty if the name in `url` leads there. */
  readonly addresses: readonly string[];
  /** URL for deliveries, with `{account}` for the account's name. */
  readonly url: string;
  /** Function that signs the ping: `registration`. */
  readonly signer: LambdaFunction;
}

/**
 * Posts a signed ping on a schedule, through endpoint, host name, API and webhook. A function in the VPC posts it, which
 * can reach nothing but the endpoint. It knows no secret; one that is not in the VPC signs.
 */
export class Probe extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: ProbeProps) {
    super(scope, id);
    const { minutes, signer, addresses, url } = props;
    const { vpc, subnets, endpoint, id: vpcName } = props.endpoint;
    const securityGroup = new SecurityGroup(this, `SecurityGroup${vpcName}`, {
      vpc,
      description: 'HTTPS from the probe to the API endpoint',
      allowAllOutbound: false,
    });
    securityGroup.connections.allowTo(endpoint, Port.tcp(443), 'HTTPS from the probe');
    // In another VPC, function and group are others: CloudFormation deletes the old ones, and waits for the network interfaces.
    const poster = new NodeFunction(this, `Lambda${vpcName}`, {
      ...props,
      name: 'probe',
      description: 'Posts a signed ping through the endpoint',
      timeout: Duration.seconds(10),
      memorySize: 256,
      environment: { WEBHOOK_URL: url, ADDRESSES: addresses.join(',') },
      network: { vpc, vpcSubnets: { subnets: [...subnets] }, securityGroups: [securityGroup] },
    });
    this.lambda = poster.lambda;
    // Deleted before the role, with which Lambda removes the interfaces.
    securityGroup.node.addDependency(poster.role);
    signer.addEnvironment('PROBE_FUNCTION', this.lambda.functionName);
    signer.addToRolePolicy(allow(['lambda:InvokeFunction'], [this.lambda.functionArn]));
    new Schedule(this, 'Schedule', {
      description: 'Starts the probe',
      schedule: ScheduleExpression.rate(Duration.minutes(minutes)),
      // The schedule repeats nothing, because the next ping follows. Lambda may start a throttled run later.
      target: new LambdaInvoke(signer, {
        input: ScheduleTargetInput.fromObject({ action: 'probe' }),
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    });
  }
}
