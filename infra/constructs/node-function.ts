import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../functions.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { logDataProtection } from './log-data-protection.ts';

/** Properties that all functions of a stage share. */
export interface FunctionDefaults {
  /** Location of a function's bundle: a folder with `index.mjs`. */
  readonly bundles: { folderOf(name: FunctionName): string };
  /** Encrypts the logs. */
  readonly encryptionKey: EncryptionKey;
  /** Retention of the logs. */
  readonly logRetention: RetentionDays;
  /** Policy for the logs when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Whether CloudWatch Logs masks sensitive numbers. */
  readonly dataProtection: boolean;
}

export interface NodeFunctionProps extends FunctionDefaults {
  /** Name of the function and of its bundle. */
  readonly name: FunctionName;
  /** Shown in the console. */
  readonly description: string;
  /** Maximum time of one invocation. */
  readonly timeout: Duration;
  /** The function's settings. */
  readonly environment: Record<string, string>;
  /** Memory in MiB. The CPU share grows with it. */
  readonly memorySize: number;
  /** Number of invocations that may run at once, reserved from the account's quota. Absent: no reservation. */
  readonly reservedConcurrentExecutions?: number | undefined;
  /** Reaction to a function that invokes itself through a queue. Default: Lambda stops it after about 16 rounds. */
  readonly recursiveLoop?: RecursiveLoop;
}

/** A Lambda with its log group, and a role that initially allows only to write logs and traces. */
export class NodeFunction extends Construct {
  /** The Lambda itself. */
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      encryptionKey: props.encryptionKey.key,
      removalPolicy: props.removalPolicy,
      ...(props.dataProtection && { dataProtectionPolicy: logDataProtection() }),
    });
    // A custom role, because the one that CDK creates can write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: Code.fromAsset(props.bundles.folderOf(props.name)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The functions filter by LOG_LEVEL. Lambda's own filter, at its default INFO, would drop the DEBUG lines of a stage
      // that sets DEBUG.
      applicationLogLevelV2: ApplicationLogLevel.DEBUG,
      systemLogLevelV2: SystemLogLevel.INFO,
      tracing: Tracing.ACTIVE,
      ...(props.recursiveLoop !== undefined && { recursiveLoop: props.recursiveLoop }),
      ...(props.reservedConcurrentExecutions !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      }),
    });
  }

  /** Allows actions on resources. */
  allow(actions: readonly string[], resources: readonly string[]): void {
    this.lambda.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }

  /** Adds a statement to the function's role. */
  allowStatement(statement: PolicyStatement): void {
    this.lambda.addToRolePolicy(statement);
  }
}
