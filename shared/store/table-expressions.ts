export interface Condition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** There is no such item yet. */
export const IS_ABSENT: Condition = {
  expression: 'attribute_not_exists(#item)',
  names: { '#item': 'item' },
};

export interface Update {
  /** Attribute to value. `undefined` removes the attribute. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Attribute to value that is set only where there is none yet. */
  readonly setOnce?: Readonly<Record<string, unknown>>;
  /** Attribute to a number that is added to the one that is there; the attribute must exist. */
  readonly add?: Readonly<Record<string, number>>;
  readonly condition?: Condition;
}

/** The condition of a DynamoDB request. */
export function conditionInput(condition: Condition | undefined) {
  if (condition === undefined) return {};
  const { expression, names, values } = condition;
  return {
    ConditionExpression: expression,
    ...(names !== undefined && { ExpressionAttributeNames: { ...names } }),
    ...(values !== undefined && { ExpressionAttributeValues: { ...values } }),
  };
}

/** The projection of a DynamoDB request: which attributes are returned. */
export function projectionInput(attributes: readonly string[] | undefined) {
  if (attributes === undefined) return {};
  const names = Object.fromEntries(attributes.map((attribute, i) => [`#a${i}`, attribute]));
  return { ProjectionExpression: Object.keys(names).join(', '), ExpressionAttributeNames: names };
}

/** The parts of an UpdateItem request. */
export function updateInput({ set = {}, setOnce = {}, add = {}, condition }: Update) {
  const names: Record<string, string> = { ...condition?.names };
  const values: Record<string, unknown> = { ...condition?.values };
  const sets: string[] = [];
  const removes: string[] = [];
  let n = 0;
  const bind = (attribute: string, value: unknown, expression: (name: string, value: string) => string) => {
    const [name, placeholder] = [`#s${n}`, `:s${n}`];
    names[name] = attribute;
    if (value === undefined) removes.push(name);
    else {
      sets.push(expression(name, placeholder));
      values[placeholder] = value;
    }
    n += 1;
  };
  for (const [attribute, value] of Object.entries(set)) {
    bind(attribute, value, (name, placeholder) => `${name} = ${placeholder}`);
  }
  for (const [attribute, value] of Object.entries(setOnce)) {
    if (value === undefined) continue;
    bind(attribute, value, (name, placeholder) => `${name} = if_not_exists(${name}, ${placeholder})`);
  }
  for (const [attribute, value] of Object.entries(add)) {
    bind(attribute, value, (name, placeholder) => `${name} = ${name} + ${placeholder}`);
  }
  const clauses = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
  ];
  return {
    UpdateExpression: clauses.filter((clause) => clause !== '').join(' '),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ...(condition !== undefined && { ConditionExpression: condition.expression }),
  };
}
