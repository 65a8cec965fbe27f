import { type Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import { describe, expect, test, vi } from 'vitest';
import { ACCEPTED } from '../../../infra/constructs/security/acknowledge.ts';
import { VARIANT_NAMES, variant, variantTemplate } from '../templates/variants.ts';
import { withStack } from '../testing/synthesized.ts';

const PACKS = [AwsSolutionsChecks, ServerlessChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks];

interface Finding {
  /** `Pack-Rule` or `Pack-Rule[what]`. */
  readonly rule: string;
  /** The path of the resource below the stack. */
  readonly path: string;
  /** Objection of cdk-nag. */
  readonly description: string;
}

/** Findings of the five packs of cdk-nag in a stack, except those acknowledged. */
function findingsIn(stack: Stack): Finding[] {
  return PACKS.flatMap((Pack) =>
    new Pack().validateScope(stack).violations.flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(({ constructPath = '' }) => ({
        rule: ruleName,
        path: constructPath.slice(stack.node.path.length + 1).replace(/^Default\//, ''),
        description: description.slice(0, 160),
      })),
    ),
  );
}

/** Everything that cdk-nag finds before anything is accepted, in all variants. */
const everything = withoutAcknowledgements(
  () => new Map(VARIANT_NAMES.map((name) => [name, withStack(variant(name), findingsIn)])),
);

function withoutAcknowledgements<T>(work: () => T): T {
  const ignoring = vi.spyOn(Validations, 'of').mockReturnValue({ acknowledge: () => {} } as never);
  try {
    return work();
  } finally {
    ignoring.mockRestore();
  }
}

test.each(VARIANT_NAMES)('cdk-nag has no unexplained finding in the variant %s', (name) => {
  expect(withStack(variant(name), findingsIn)).toEqual([]);
});

test('the packs do check the stack: without explanations, they have findings', () => {
  for (const findings of everything.values()) expect(findings.length).toBeGreaterThan(100);
});

describe('what is accepted', () => {
  const all = [...everything.values()].flat();
  const explains = ({ on, findings }: (typeof ACCEPTED)[number], { rule, path }: Finding) =>
    on.test(path) && findings.includes(rule);

  test('is found somewhere: an explanation without a finding would hide a later one', () => {
    const stale = ACCEPTED.flatMap((accepted) =>
      accepted.findings.filter(
        (rule) => !all.some((finding) => explains({ ...accepted, findings: [rule] }, finding)),
      ),
    );
    expect(stale).toEqual([]);
  });

  test('is explained once, so that every finding has one reason', () => {
    const twice = all.filter(
      (finding) => ACCEPTED.filter((accepted) => explains(accepted, finding)).length > 1,
    );
    expect(twice).toEqual([]);
  });

  test('names a kind of resource, never the whole stack', () => {
    for (const { on } of ACCEPTED) {
      expect(on.source).toMatch(/\$$/);
      expect(on.test('Any/Other/Resource')).toBe(false);
    }
  });
});

test('explanations leave the template as it is', () => {
  const bare = withoutAcknowledgements(() =>
    withStack(variant('default'), (stack) => Template.fromStack(stack).toJSON()),
  );
  expect(bare).toEqual(variantTemplate('default'));
});
