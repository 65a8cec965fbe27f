import {
  type CloudFormationClient,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import {
  type ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { StageStack } from './stage-stack.ts';

/** Protection of a deployed stage from being deleted by mistake. */
export interface Protection {
  /** CloudFormation refuses to delete the stack. */
  readonly stack: boolean;
  /** Elastic Load Balancing refuses to delete the load balancer; `null` if the stage has none. */
  readonly loadBalancer: boolean | null;
}

interface ProtectionClients {
  readonly cloudFormation: Pick<CloudFormationClient, 'send'>;
  readonly loadBalancing: Pick<ElasticLoadBalancingV2Client, 'send'>;
}

/** States of a stack that was deployed successfully, even if a later update was rolled back. */
const DEPLOYED = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'];

/**
 * Turns the protection of a stack and of its load balancer on or off. Neither is in the template: a protected stack
 * whose first deployment fails can be neither deleted nor repeated, and a protected load balancer cannot be rolled
 * back.
 *
 * @throws Error if protection would be harmful: the stack is being deployed, or was never deployed successfully.
 */
export async function setProtection(
  { name, stack, outputs }: StageStack,
  isOn: boolean,
  { cloudFormation, loadBalancing }: ProtectionClients,
): Promise<Protection> {
  const { StackStatus = 'unknown' } = stack;
  if (isOn && !DEPLOYED.includes(StackStatus)) {
    throw new Error(`${name} is ${StackStatus}: protect it when a deployment has succeeded`);
  }
  const { LoadBalancerArn: arn } = outputs;
  if (arn !== undefined) {
    const Attributes = [{ Key: 'deletion_protection.enabled', Value: String(isOn) }];
    await loadBalancing.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: arn, Attributes }));
  }
  await cloudFormation.send(
    new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: isOn }),
  );
  return { stack: isOn, loadBalancer: arn === undefined ? null : isOn };
}
