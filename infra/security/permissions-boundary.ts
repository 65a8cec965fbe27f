import type { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';

/**
 * Sets a permissions boundary on every role of the stack, including those that CDK creates.
 *
 * @param arn of the managed policy; `undefined` if the account requires none.
 */
export function setPermissionsBoundary(stack: Stack, arn: string | undefined): void {
  if (arn === undefined) return;
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'PermissionsBoundary', arn));
}
