import * as z from 'zod';
import { REGION } from '../../running-stacks/access.ts';
import type { StackAssembly } from '../template/assembly.ts';
import type { Topology } from '../template/topology.ts';

/** A function, from the template. */
export interface FunctionDefinition {
  /** The name that people use: of a consumer, its channel. */
  readonly name: string;
  readonly logicalId: string;
  /** Name of the function on AWS. */
  readonly physicalName: string;
  readonly handler: string;
  readonly taskRoot: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly reservedConcurrency?: number;
  /** Variables that the template sets, evaluated. */
  readonly variables: Readonly<Record<string, string>>;
}

const Properties = z.object({
  Runtime: z.string().optional(),
  Handler: z.string().optional(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  ReservedConcurrentExecutions: z.number().optional(),
  Code: z.object({ S3Key: z.string().optional() }),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()) }).optional(),
});

/** Settings that only one function has. Rotation has the registration's settings too, so it comes first. */
const MARKS = {
  webhook: 'FRESHNESS_SECONDS',
  poller: 'LOOK_QUEUE_URL',
  rotation: 'ROTATION_OVERLAP_MINUTES',
  registration: 'REGISTRATION_LEVEL',
  publisher: 'BUS_ARN',
  storage: 'DATA_TABLE',
};

function nameOf(logicalId: string, variables: Readonly<Record<string, string>>): string {
  const marked = Object.entries(MARKS).find(([, variable]) => variable in variables)?.[0];
  return variables.CHANNEL ?? marked ?? logicalId;
}

/** Reads every Node.js function with an asset. Others (inline code, other runtimes) serve deployments only. */
export function readFunctions(topology: Topology, assembly: StackAssembly): FunctionDefinition[] {
  return topology.idsOf('AWS::Lambda::Function').flatMap((logicalId) => {
    const { Runtime, Handler, Code } = topology.properties(
      logicalId,
      Properties.pick({ Runtime: true, Handler: true, Code: true }),
    );
    if (Runtime?.startsWith('nodejs') !== true || Handler === undefined || Code.S3Key === undefined)
      return [];
    const properties = topology.properties(logicalId, Properties);
    const {
      Timeout,
      MemorySize,
      Environment,
      ReservedConcurrentExecutions: reservedConcurrency,
    } = properties;
    const variables = Environment?.Variables ?? {};
    return {
      name: nameOf(logicalId, variables),
      logicalId,
      physicalName: topology.identity(logicalId).name,
      handler: Handler,
      taskRoot: assembly.assetPath(Code.S3Key),
      timeoutSeconds: Timeout,
      memoryMegabytes: MemorySize,
      ...(reservedConcurrency !== undefined && { reservedConcurrency }),
      variables,
    };
  });
}

export interface ServiceEndpoints {
  readonly sqs: string;
  readonly s3: string;
  readonly dynamodb: string;
  readonly secretsManager: string;
  readonly eventBridge: string;
}

/**
 * All environment variables of an execution environment: Lambda's own, the template's, and the addresses of the
 * services. From this process's environment only `PATH`, because a function must not depend on the developer's shell.
 */
export function environmentOf(
  definition: FunctionDefinition,
  endpoints: ServiceEndpoints,
  overrides: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    ...(process.env.PATH !== undefined && { PATH: process.env.PATH }),
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    _HANDLER: definition.handler,
    LAMBDA_TASK_ROOT: definition.taskRoot,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_LAMBDA_FUNCTION_NAME: definition.physicalName,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.eventBridge,
    ...definition.variables,
    ...overrides,
  };
}
