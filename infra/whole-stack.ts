import { Stack, Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { SettingsError } from './config/load.ts';
import type { Settings } from './config/settings.ts';

/** Applies the settings that concern the stack of a stage, which may have other resources. @throws SettingsError */
export function applyToStack(scope: Construct, { stage, aws, tags, security }: Settings): void {
  const stack = Stack.of(scope);
  if (aws !== undefined && (aws.account !== stack.account || aws.region !== stack.region)) {
    throw new SettingsError(
      `The settings of stage "${stage}" have a fault:\n  aws: must be the account and the region of its stack`,
    );
  }
  if (security.terminationProtection) stack.terminationProtection = true;
  for (const [name, value] of Object.entries(tags)) Tags.of(scope).add(name, value);
}

/**
 * Sets a permissions boundary on every role of a stage.
 *
 * @param provided what CDK has put into the stack for it.
 */
export function limitRoles(scope: Construct, provided: readonly IConstruct[], policyArn: string): void {
  const boundary = ManagedPolicy.fromManagedPolicyArn(scope, 'PermissionsBoundary', policyArn);
  for (const construct of [scope, ...provided]) PermissionsBoundary.of(construct).apply(boundary);
}
