import fc from 'fast-check';
import type { AttributeTest, Condition } from '../../../../shared/store/condition.ts';
import { number, text } from './attributes.ts';

/** Reserved words and other names, of attributes of every type. */
const attribute = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('a', 'status', 'm', 'body', 'item', 'absent') },
  { weight: 1, arbitrary: fc.constant('generation') },
);

const test = fc.oneof(
  fc.record({ exists: fc.boolean() }),
  fc.record({ equals: fc.oneof(text, number) }),
  fc.record({ below: number }),
  // DynamoDB refuses bounds in the wrong order.
  fc.tuple(number, fc.nat(3)).map(([from, more]) => ({ from, to: from + more })),
) satisfies fc.Arbitrary<AttributeTest>;

const tests = fc.dictionary(attribute, test, { minKeys: 1, maxKeys: 3 });

/** Conditions of all forms, or none. */
export const condition: fc.Arbitrary<Condition | undefined> = fc.option(
  fc.oneof(tests, fc.array(tests, { minLength: 1, maxLength: 3 })),
  { nil: undefined },
);
