import {
  type AttributeTest,
  type Condition,
  IS_ABSENT,
  IS_PRESENT,
} from '../../../../shared/store/condition.ts';

const TESTS: readonly AttributeTest[] = [
  { exists: true },
  { exists: false },
  { equals: 1 },
  { equals: 'a' },
  { below: 1 },
  { from: 1, to: 2 },
];

const outcome = { equals: 'a' };
const otherOutcome = { equals: 'b' };

/** Every test of the attribute `answered`, alone and combined with tests of `outcome`. */
export const CONDITIONS: readonly Condition[] = [
  IS_ABSENT,
  IS_PRESENT,
  ...TESTS.flatMap((answered): Condition[] => [
    { answered },
    { answered, outcome },
    [{ answered }, { outcome: otherOutcome }],
    // Differs if OR is evaluated before AND.
    [{ outcome }, { answered, outcome: otherOutcome }],
  ]),
  // Two placeholders of one attribute.
  [{ answered: { exists: false } }, { answered: { below: 2 } }],
];
