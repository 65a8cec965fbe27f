import { Duration, Fn, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { EncryptionKey } from '../encryption-key.ts';

export interface EndpointAddressesProps {
  /** Whose addresses. */
  readonly endpoint: InterfaceVpcEndpoint;
  /** How many network interfaces the endpoint has: one per subnet. */
  readonly interfaces: number;
  /** Encrypts the logs of the lookup. */
  readonly encryptionKey: EncryptionKey;
  /** How long those logs are kept. */
  readonly logRetention: RetentionDays;
  /** What becomes of those logs with the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The private addresses of an interface endpoint. CloudFormation knows the ids of its network interfaces but not
 * their addresses, so a custom resource asks EC2. The ids are its parameters: a deployment that replaces the
 * endpoint, or moves it to other subnets, asks again. An interface keeps its address for life.
 */
export class EndpointAddresses extends Construct {
  /** IPv4 addresses that exist at deployment only. */
  readonly addresses: readonly string[];

  constructor(scope: Construct, id: string, props: EndpointAddressesProps) {
    super(scope, id);
    const { endpoint } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      encryptionKey: props.encryptionKey.key,
      removalPolicy: props.removalPolicy,
    });
    // A role of our own, because the one that CDK makes may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    // EC2 knows no permission for single interfaces with this call.
    role.addToPolicy(new PolicyStatement({ actions: ['ec2:DescribeNetworkInterfaces'], resources: ['*'] }));
    const indexes = Array.from({ length: props.interfaces }, (_, index) => index);
    const lookup = new AwsCustomResource(this, 'Lookup', {
      resourceType: 'Custom::EndpointAddresses',
      onUpdate: {
        service: 'EC2',
        action: 'describeNetworkInterfaces',
        // One by one: for a list that exists at deployment only, CDK would bring a second Lambda to write it
        // as JSON.
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
      // The one in the runtime knows this call; another would have to be downloaded during the deployment.
      installLatestAwsSdk: false,
    });
    this.addresses = indexes.map((index) => lookup.getResponseField(addressAt(index)));
    likeOurFunctions(this);
  }
}

/** Where the answer of EC2 has the address of an interface, in the notation of CDK's custom resource. */
function addressAt(index: number): string {
  return `NetworkInterfaces.${index}.PrivateIpAddress`;
}

/** Gives CDK's Lambda, which has no properties for it, the processor and log format of the others. */
function likeOurFunctions(scope: Construct): void {
  const id = `AWS${AwsCustomResource.PROVIDER_FUNCTION_UUID.replaceAll('-', '')}`;
  const lambda = Stack.of(scope).node.findChild(id).node.defaultChild;
  if (!(lambda instanceof CfnFunction))
    throw new Error('the Lambda of AwsCustomResource is not where it was');
  lambda.addPropertyOverride('Architectures', ['arm64']);
  lambda.addPropertyOverride('LoggingConfig.LogFormat', 'JSON');
  lambda.addPropertyOverride('Description', 'Looks up the addresses of the endpoint during a deployment');
}
