import { CfnResource, type Stack, Token, Validations } from 'aws-cdk-lib';
import { BodyBucket } from '../constructs/storage/body-bucket.ts';
import { ACCESS, CREATED_BUCKET } from './accepted/access.ts';
import { NETWORK } from './accepted/network.ts';
import { RESOURCES } from './accepted/resources.ts';
import type { Accepted } from './accepted.ts';

export const ACCEPTED: readonly Accepted[] = [...ACCESS, ...NETWORK, ...RESOURCES];

/**
 * Acknowledges the accepted findings of cdk-nag, so that its packs report only new ones. The acknowledgements are on the
 * constructs and do not appear in the template.
 */
export function acknowledgeFindings(stack: Stack): void {
  for (const construct of stack.node.findAll()) {
    if (!CfnResource.isCfnResource(construct)) continue;
    for (const { findings, reason } of ACCEPTED.filter((accepted) => concerns(accepted, stack, construct))) {
      const ids = findings.map((id) => id.replace(CREATED_BUCKET, arnOfBucket(stack)));
      Validations.of(construct).acknowledge(...ids.map((id) => ({ id, reason })));
    }
  }
}

/** What is accepted on the stack's own bucket is accepted on the one that it adopts. */
function arnOfBucket(stack: Stack): string {
  const bodies = stack.node.tryFindChild('Bodies');
  const { bucketName } = bodies instanceof BodyBucket ? bodies.bucket : {};
  if (bucketName === undefined || Token.isUnresolved(bucketName)) return CREATED_BUCKET;
  return `arn:<AWS::Partition>:s3:::${bucketName}`;
}

export function concerns({ on }: Pick<Accepted, 'on'>, stack: Stack, resource: CfnResource): boolean {
  return on.test(resource.node.path.slice(stack.node.path.length + 1));
}
