import type { Condition } from '../../../../shared/store/table.ts';
import { parseCondition, type Scope } from './parse.ts';
import { type Attributes, marshalValue, type Value, validationException } from './values.ts';

type Evaluator = ReturnType<typeof parseCondition>;

/** A project has a few dozen expressions; each is parsed once. */
const evaluators = new Map<string, Evaluator>();

/** A condition whose values are copied, so that later changes by the caller do not matter. */
export interface PreparedCondition {
  isMet(item: Attributes): boolean;
}

/**
 * @throws ValidationException as DynamoDB: for an expression that cannot be parsed, and for names and values that are
 * missing or not used.
 */
export function prepareCondition(condition: Condition): PreparedCondition {
  const { expression, names = {} } = condition;
  const values: Record<string, Value> = {};
  for (const name in condition.values) {
    const value = condition.values[name];
    if (value !== undefined) values[name] = marshalValue(value);
  }
  const evaluator = evaluatorOf(expression);
  checkPlaceholders('name', evaluator.names, names, expression);
  checkPlaceholders('value', evaluator.values, values, expression);
  return { isMet: (item) => evaluator.test({ item, names, values } satisfies Scope) };
}

function evaluatorOf(expression: string): Evaluator {
  let evaluator = evaluators.get(expression);
  if (evaluator === undefined) {
    evaluator = parseCondition(expression);
    evaluators.set(expression, evaluator);
  }
  return evaluator;
}

function checkPlaceholders(
  what: string,
  used: ReadonlySet<string>,
  given: Readonly<Record<string, unknown>>,
  expression: string,
): void {
  let count = 0;
  for (const placeholder in given) {
    if (!used.has(placeholder))
      throw validationException(`${what} ${placeholder} is not used in: ${expression}`);
    count += 1;
  }
  if (count < used.size) {
    const missing = [...used].filter((placeholder) => !(placeholder in given));
    throw validationException(`${what} ${missing.join(', ')} is not defined for: ${expression}`);
  }
}
