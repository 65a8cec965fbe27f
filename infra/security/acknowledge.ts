import { CfnResource, type Stack, Validations } from 'aws-cdk-lib';
import { ACCESS } from './accepted/access.ts';
import { API } from './accepted/api.ts';
import { FUNCTIONS } from './accepted/functions.ts';
import { INGRESS } from './accepted/ingress.ts';
import { MONITORING } from './accepted/monitoring.ts';
import { NETWORK } from './accepted/network.ts';
import { STORAGE } from './accepted/storage.ts';
import type { Accepted } from './accepted.ts';

/** All accepted findings of cdk-nag, with their reasons. */
export const ACCEPTED: readonly Accepted[] = [
  ...ACCESS,
  ...API,
  ...FUNCTIONS,
  ...INGRESS,
  ...MONITORING,
  ...NETWORK,
  ...STORAGE,
];

/**
 * Acknowledges the accepted findings of cdk-nag, so that its packs report only new ones. The acknowledgements are on the
 * constructs and do not appear in the template.
 */
export function acknowledgeFindings(stack: Stack): void {
  for (const construct of stack.node.findAll()) {
    if (!CfnResource.isCfnResource(construct)) continue;
    for (const { findings, reason } of ACCEPTED.filter((accepted) => concerns(accepted, stack, construct))) {
      Validations.of(construct).acknowledge(...findings.map((id) => ({ id, reason })));
    }
  }
}

/** True if the findings are accepted on a resource. */
export function concerns({ on }: Pick<Accepted, 'on'>, stack: Stack, resource: CfnResource): boolean {
  return on.test(resource.node.path.slice(stack.node.path.length + 1));
}
