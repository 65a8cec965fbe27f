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
  /** Objection of cdk-nag. */
  readonly description: string;
}

/** Findings of the five packs of cdk-nag in a stack, except those acknowledged. */
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
