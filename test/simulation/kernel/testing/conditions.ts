import type { AttributeTest, Condition } from '../../../../shared/store/condition.ts';

const TESTS: readonly AttributeTest[] = [
  { exists: true },
  { exists: false },
  { equals: 1 },
  { equals: 'a' },
  { below: 1 },
  { from: 1, to: 2 },
];

/** A reserved word. */
const status = { equals: 'a' };
const otherStatus = { equals: 'b' };

/** Every test of the attribute `a`, alone and combined with tests of `status`. */
export const CONDITIONS: readonly Condition[] = TESTS.flatMap((a) => [
  { a },
  { a, status },
  [{ a }, { status: otherStatus }],
  // Differs if OR is evaluated before AND.
  [{ status }, { a, status: otherStatus }],
]);
