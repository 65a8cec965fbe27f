import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { parameterName } from '../../../shared/public/parameters.ts';
import { stackName } from '../../functions.ts';

/** The CloudFormation stack with a stage. */
export interface StageStack {
  readonly name: string;
  readonly stack: Stack;
  /** Outputs of the stage. */
  readonly outputs: Readonly<Record<string, string>>;
}

interface Clients {
  readonly cloudFormation: Pick<CloudFormationClient, 'send'>;
  readonly ssm: Pick<SSMClient, 'send'>;
}

/**
 * Finds the stack with a stage: one of its own, or else the one that the stage's parameter names.
 *
 * @throws Error that names the call, or says that there is no such stack.
 */
export async function findStageStack(stage: string, { cloudFormation, ssm }: Clients): Promise<StageStack> {
  try {
    return await read(stackName(stage), '', cloudFormation);
  } catch (error) {
    const Name = parameterName(stage, 'stack');
    // An operator of a shared stack may not even ask for another one.
    const { Parameter } = await ssm
      .send(new GetParameterCommand({ Name }))
      .catch(() => ({ Parameter: undefined }));
    if (Parameter?.Value === undefined) throw error;
    const [name = '', prefix = ''] = Parameter.Value.split('/');
    return read(name, prefix, cloudFormation);
  }
}

/** @param prefix of the names of the stage's outputs. */
async function read(
  name: string,
  prefix: string,
  cloudFormation: Clients['cloudFormation'],
): Promise<StageStack> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
  const stack = Stacks?.[0];
  if (stack === undefined) throw new Error(`there is no stack ${name}`);
  const outputs = (stack.Outputs ?? []).flatMap(({ OutputKey = '', OutputValue = '' }) =>
    OutputKey.startsWith(prefix) ? [[OutputKey.slice(prefix.length), OutputValue] as const] : [],
  );
  return { name, stack, outputs: Object.fromEntries(outputs) };
}
