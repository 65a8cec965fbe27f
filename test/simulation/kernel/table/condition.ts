import type { AttributeTest, Condition } from '../../../../shared/store/condition.ts';
import { type Attributes, marshalValue, type Value } from './values.ts';

/** @throws Error for numbers that cannot be stored, as the SDK does. */
export function isMet(condition: Condition, item: Attributes): boolean {
  return [condition]
    .flat()
    .some((tests) => Object.entries(tests).every(([attribute, test]) => passes(item[attribute], test)));
}

function passes(value: Value | undefined, test: AttributeTest): boolean {
  for (const bound of Object.values(test)) marshalValue(bound);
  if ('exists' in test) return (value !== undefined) === test.exists;
  if ('equals' in test) return value === test.equals;
  if (typeof value !== 'number') return false;
  return 'below' in test ? value < test.below : test.from <= value && value <= test.to;
}
