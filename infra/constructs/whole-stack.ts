import { CfnResource, Names, Stack, Tags } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole, ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { SettingsError } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';

/** AWS: quotas of IAM. */
const MAX_ROLE_NAME = 64;

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
 * Applies to every role of a stage what an account may require: a permissions boundary, a path, and a name.
 *
 * @param provided what CDK has put into the stack for it.
 */
export function limitRoles(
  scope: Construct,
  provided: readonly IConstruct[],
  { permissionsBoundary, rolePath, roleNamePrefix }: Settings['security'],
): void {
  const all = [scope, ...provided];
  if (permissionsBoundary !== undefined) {
    const boundary = ManagedPolicy.fromManagedPolicyArn(scope, 'PermissionsBoundary', permissionsBoundary);
    for (const construct of all) PermissionsBoundary.of(construct).apply(boundary);
  }
  const resources = all.flatMap((construct) => construct.node.findAll().filter(CfnResource.isCfnResource));
  for (const resource of resources) {
    const { cfnResourceType: type } = resource;
    const isRole = type === CfnRole.CFN_RESOURCE_TYPE_NAME;
    if (!isRole && type !== CfnManagedPolicy.CFN_RESOURCE_TYPE_NAME) continue;
    if (rolePath !== undefined) resource.addPropertyOverride('Path', rolePath);
    if (roleNamePrefix === undefined || !isRole) continue;
    const maxLength = MAX_ROLE_NAME - roleNamePrefix.length;
    const name = Names.uniqueResourceName(resource, { maxLength, separator: '-' });
    resource.addPropertyOverride('RoleName', `${roleNamePrefix}${name}`);
  }
}
