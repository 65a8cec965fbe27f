/** Resolves the references of a template. */
export interface Scope {
  /** @returns `undefined` for `AWS::NoValue`. @throws Error for an unknown name. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
}

/**
 * Evaluates the intrinsic functions in a value of a template: Ref, Fn::GetAtt, Fn::Join, Fn::Sub, Fn::Select and
 * Fn::Split. `AWS::NoValue` removes the value, as in CloudFormation.
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
    case 'Fn::GetAtt':
      return getAtt(argument, scope);
    case 'Fn::Join': {
      const [separator, parts] = list(argument, name);
      return list(evaluate(parts, scope), name)
        .map((part) => text(part, name))
        .join(text(separator, name));
    }
    case 'Fn::Split': {
      const [separator, source] = list(argument, name);
      return text(evaluate(source, scope), name).split(text(separator, name));
    }
    case 'Fn::Select': {
      const [index, choices] = list(argument, name);
      const position = Number(evaluate(index, scope));
      const chosen = list(evaluate(choices, scope), name)[position];
      if (chosen === undefined) throw new Error(`Fn::Select has no element ${position}`);
      return chosen;
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    default:
      throw new Error(`the local stack cannot evaluate ${name}`);
  }
}

function getAtt(argument: unknown, scope: Scope): unknown {
  const [logicalId, ...attribute] =
    typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt');
  const path = attribute.map((part) => text(part, 'Fn::GetAtt'));
  return scope.getAtt(text(logicalId, 'Fn::GetAtt'), path.join('.'));
}

function substitute(argument: unknown, scope: Scope): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = new Map(Object.entries(isRecord(variables) ? variables : {}));
  return text(template, 'Fn::Sub').replace(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    if (own.has(name)) return text(evaluate(own.get(name), scope), 'Fn::Sub');
    const dot = name.indexOf('.');
    const found = dot < 0 ? scope.ref(name) : scope.getAtt(name.slice(0, dot), name.slice(dot + 1));
    return text(found, 'Fn::Sub');
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
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
