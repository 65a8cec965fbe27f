import type { Duration } from 'aws-cdk-lib';
import type { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  type FunctionOptions,
  Function as LambdaFunction,
  LayerVersion,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Bundles } from '../../bundles/bundles.ts';
import type { Settings } from '../../config/settings.ts';
import type { FunctionName } from '../../functions.ts';
import { allow, createLambdaRole, createLogGroup, type LogProps, logDataProtection } from '../logs.ts';

/** Properties that all functions of a stage share. */
export interface FunctionDefaults extends LogProps {
  readonly bundles: Bundles;
  /** Whether CloudWatch Logs masks sensitive numbers. */
  readonly dataProtection: boolean;
  /** The stage's settings. */
  readonly settings: Settings;
}

export interface NodeFunctionProps extends FunctionDefaults {
  readonly name: FunctionName;
  readonly description: string;
  readonly timeout: Duration;
  readonly environment: Record<string, string>;
  /** Memory in MiB. The CPU share grows with it. */
  readonly memorySize: number;
  /** Number of invocations that may run at once, reserved from the account's quota. Absent: no reservation. */
  readonly reservedConcurrentExecutions?: number | undefined;
  /** Whether X-Ray traces it where it traces the request to the API. Absent: it has no traces. */
  readonly traced?: true;
  /** Where the function runs. Absent: outside of any VPC. */
  readonly network?: Required<Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>>;
  /** Reaction to a function that invokes itself through a queue. Default: Lambda stops it after about 16 rounds. */
  readonly recursiveLoop?: RecursiveLoop;
}

/** Lambda manages the network interfaces of a function with its role (AWS: "Required IAM permissions"). */
const INTERFACE_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** A Lambda with its log group, and a role that initially allows only to write logs and traces. */
export class NodeFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const protection = props.dataProtection ? { dataProtectionPolicy: logDataProtection() } : {};
    const logGroup = createLogGroup(this, 'Logs', props, protection);
    this.role = createLambdaRole(this, logGroup);
    // Added before the function, which depends on it: Lambda needs it to create the function.
    if (props.network !== undefined) this.role.addToPolicy(allow(INTERFACE_ACTIONS, ['*']));
    const { layers, environment } = props.settings;
    const arns = [...(layers.all ?? []), ...(layers[props.name] ?? [])];
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: Code.fromAsset(props.bundles.folderOf(props.name)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      environment: {
        ...environment.all,
        ...environment[props.name],
        ...props.environment,
        NODE_OPTIONS: '--enable-source-maps',
      },
      layers: arns.map((arn, index) => LayerVersion.fromLayerVersionArn(this, `Layer${index}`, arn)),
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The functions filter by LOG_LEVEL. Lambda's own filter, at its default INFO, would drop the DEBUG lines of a stage
      // that sets DEBUG.
      applicationLogLevelV2: ApplicationLogLevel.DEBUG,
      // Only failures and timeouts: the lines of each start and end are a fourth of all logs, and a metric has the duration.
      systemLogLevelV2: SystemLogLevel.WARN,
      // Lambda would trace one invocation a second and 5 % of the rest of all others, without any call that they make.
      tracing: props.traced === true ? Tracing.ACTIVE : Tracing.DISABLED,
      ...props.network,
      ...(props.recursiveLoop !== undefined && { recursiveLoop: props.recursiveLoop }),
      ...(props.reservedConcurrentExecutions !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      }),
    });
  }

  allow(actions: readonly string[], resources: readonly string[]): void {
    this.lambda.addToRolePolicy(allow(actions, resources));
  }

  allowStatement(statement: PolicyStatement): void {
    this.lambda.addToRolePolicy(statement);
  }
}

/**
 * Makes a JSON object with a member for each entry, for a variable of a function or an output. ARNs, URLs and names that are
 * known only at deployment are tokens at synth. `JSON.stringify` leaves tokens intact, and their values need no escaping.
 */
export function jsonOf<T>(entries: ReadonlyMap<string, T>, member: (value: T) => unknown): string {
  return JSON.stringify(Object.fromEntries([...entries].map(([name, value]) => [name, member(value)])));
}
