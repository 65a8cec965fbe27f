/** A test of one attribute. An attribute that does not exist passes only `exists: false`. */
export type AttributeTest =
  | { readonly exists: boolean }
  | { readonly equals: string | number }
  | { readonly below: number }
  /** Both included. */
  | { readonly from: number; readonly to: number };

/** Attributes that writes depend on. */
type Tested =
  | 'item'
  | 'revision'
  | 'outcome'
  | 'generation'
  | 'sha256'
  | 'fetchedAt'
  | 'answered'
  | 'nextAt'
  | 'pausedUntil'
  | 'expiresAt';

/** Tests by attribute, at least one: DynamoDB refuses an empty expression. */
type AttributeTests = {
  readonly [One in Tested]: Readonly<Record<One, AttributeTest> & Partial<Record<Tested, AttributeTest>>>;
}[Tested];

/** The item is written only if it passes all tests; in a list, those of one element suffice. */
export type Condition = AttributeTests | readonly [AttributeTests, ...AttributeTests[]];

/** The item must not exist yet. */
export const IS_ABSENT = { item: { exists: false } };

/** The item must exist: an update would create it otherwise. */
export const IS_PRESENT = { item: { exists: true } };

/**
 * The condition of a DynamoDB request. Names have placeholders, because they may be reserved words: one for each test,
 * like those of boto3's expression builder, so an attribute that is tested twice has two.
 */
export function conditionInput(condition: Condition) {
  const names: string[] = [];
  const values: unknown[] = [];
  const value = (bound: string | number) => `:c${values.push(bound) - 1}`;
  const expressionOf = ([attribute, test]: [string, AttributeTest]) => {
    const name = `#c${names.push(attribute) - 1}`;
    if ('exists' in test) return `attribute_${test.exists ? 'exists' : 'not_exists'}(${name})`;
    if ('equals' in test) return `${name} = ${value(test.equals)}`;
    if ('below' in test) return `${name} < ${value(test.below)}`;
    return `${name} BETWEEN ${value(test.from)} AND ${value(test.to)}`;
  };
  // DynamoDB evaluates AND before OR.
  const alternatives = [condition].flat().map((tests) => Object.entries(tests).map(expressionOf));
  return {
    ConditionExpression: alternatives.map((tests) => tests.join(' AND ')).join(' OR '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, n) => [`#c${n}`, name])),
    ...(values.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(values.map((one, n) => [`:c${n}`, one])),
    }),
  };
}
