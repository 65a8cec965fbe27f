import type { Stack } from 'aws-cdk-lib';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';

const PACKS = [AwsSolutionsChecks, ServerlessChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks];

export interface Finding {
  /** `Pack-Rule` or `Pack-Rule[what]`. */
  readonly rule: string;
  /** The path of the resource below the stack. */
  readonly path: string;
  /** What cdk-nag has against it. */
  readonly description: string;
}

/** What the five packs of cdk-nag find in a stack, apart from what has been acknowledged. */
export function findingsIn(stack: Stack): Finding[] {
  return PACKS.flatMap((Pack) =>
    new Pack().validateScope(stack).violations.flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(({ constructPath = '' }) => ({
        rule: ruleName,
        path: constructPath.slice(stack.node.path.length + 1),
        description: description.slice(0, 160),
      })),
    ),
  );
}
