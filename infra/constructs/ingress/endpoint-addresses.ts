import { Duration, Fn, Stack } from 'aws-cdk-lib';
import type { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { allow, createLambdaRole, createLogGroup, type LogProps } from '../logs.ts';

export interface EndpointAddressesProps extends LogProps {
  readonly endpoint: InterfaceVpcEndpoint;
  /** Number of network interfaces of the endpoint: one per subnet. */
  readonly interfaces: number;
}

/**
 * Private addresses of an interface endpoint. CloudFormation returns the ids of its network interfaces but not their
 * addresses, so a custom resource looks them up in EC2. The ids are its parameters, so a deployment that replaces the
 * endpoint or moves it to other subnets looks them up again. The address of an interface never changes.
 */
export class EndpointAddresses extends Construct {
  /** IPv4 addresses, known only at deployment. */
  readonly addresses: readonly string[];

  constructor(scope: Construct, id: string, props: EndpointAddressesProps) {
    super(scope, id);
    const { endpoint } = props;
    const logGroup = createLogGroup(this, 'Logs', props);
    const role = createLambdaRole(this, logGroup);
    // This action does not support single resources.
    role.addToPolicy(allow(['ec2:DescribeNetworkInterfaces'], ['*']));
    const indexes = Array.from({ length: props.interfaces }, (_, index) => index);
    const lookup = new AwsCustomResource(this, 'Lookup', {
      resourceType: 'Custom::EndpointAddresses',
      onUpdate: {
        service: 'EC2',
        action: 'describeNetworkInterfaces',
        // One parameter for each id: for a list that is known only at deployment, CDK would add a second Lambda that
        // writes it as JSON.
        parameters: {
          NetworkInterfaceIds: indexes.map((index) =>
            Fn.select(index, endpoint.vpcEndpointNetworkInterfaceIds),
          ),
        },
        outputPaths: indexes.map(addressAt),
        physicalResourceId: PhysicalResourceId.of(endpoint.vpcEndpointId),
      },
      role,
      logGroup,
      timeout: Duration.minutes(1),
      memorySize: 256,
      // The runtime's SDK supports this call. The latest one would be downloaded during the deployment.
      installLatestAwsSdk: false,
    });
    this.addresses = indexes.map((index) => lookup.getResponseField(addressAt(index)));
    configureProvider(this);
  }
}

/** Path of an interface's address in the answer of EC2, in the notation of `AwsCustomResource`. */
function addressAt(index: number): string {
  return `NetworkInterfaces.${index}.PrivateIpAddress`;
}

/** Gives CDK's Lambda, which has no properties for it, the architecture and log format of the other functions. */
function configureProvider(scope: Construct): void {
  const id = `AWS${AwsCustomResource.PROVIDER_FUNCTION_UUID.replaceAll('-', '')}`;
  const lambda = Stack.of(scope).node.findChild(id).node.defaultChild;
  if (!(lambda instanceof CfnFunction))
    throw new Error('CDK has moved or renamed the Lambda of AwsCustomResource');
  lambda.addPropertyOverride('Architectures', ['arm64']);
  lambda.addPropertyOverride('LoggingConfig.LogFormat', 'JSON');
  lambda.addPropertyOverride('Description', 'Looks up the addresses of the endpoint during a deployment');
}
