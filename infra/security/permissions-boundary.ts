import type { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';

/**
 * Puts a permissions boundary on every role of the stack, those that CDK makes by itself included.
 *
 * @param arn the managed policy's, or nothing where the account asks for none.
 */
export function limitRoles(stack: Stack, arn: string | undefined): void {
  if (arn === undefined) return;
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'PermissionsBoundary', arn));
}
