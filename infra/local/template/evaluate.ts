export interface Scope {
  /** @returns `undefined` for `AWS::NoValue`. @throws Error for an unknown name. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
}

/**
 * Evaluates the intrinsic functions that CDK writes into this template: Ref, Fn::GetAtt, Fn::Join, and Fn::Sub without
 * variables of its own. `AWS::NoValue` removes the value, as in CloudFormation.
 *
 * @throws Error that names a function that it cannot evaluate.
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && /^(Ref|Condition|Fn::.*)$/.test(only[0])) {
    return call(only[0], only[1], scope);
  }
  const evaluated = entries.map(([key, item]) => [key, evaluate(item, scope)] as const);
  return Object.fromEntries(evaluated.filter(([, item]) => item !== undefined));
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  switch (name) {
    case 'Ref':
      return scope.ref(text(argument, name));
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = list(argument, name);
      return scope.getAtt(text(logicalId, name), text(attribute, name));
    }
    case 'Fn::Join': {
      const [separator, parts] = list(argument, name);
      return list(evaluate(parts, scope), name)
        .map((part) => text(part, name))
        .join(text(separator, name));
    }
    case 'Fn::Sub':
      return text(argument, name).replace(/\$\{([^}]+)\}/g, (_, ref: string) => text(scope.ref(ref), name));
    default:
      throw new Error(`the local stack cannot evaluate ${name}`);
  }
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${where} expects a list`);
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${where} expects text, not ${JSON.stringify(value)}`);
}
