import { areEqual, beginsWith, COMPARATORS, contains, isAtLeast, isAtMost, size } from './compare.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import { Tokens } from './tokens.ts';
import { type Attributes, isMap, type Value } from './values.ts';

/** What an expression is evaluated with. */
export interface Scope {
  readonly item: Attributes;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Value>>;
}

type Test = (scope: Scope) => boolean;
type Operand = (scope: Scope) => Value | undefined;

/** A condition as one function, and the placeholders it uses. */
export interface Evaluator {
  readonly test: Test;
  readonly names: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
}

/**
 * A condition expression (AWS: condition expressions) without `attribute_type` and list indexes.
 *
 * @throws ValidationException.
 */
export function parseCondition(expression: string): Evaluator {
  const parser = new Parser(new Tokens(expression));
  return { test: parser.parse(), names: parser.names, values: parser.values };
}

class Parser {
  readonly names = new Set<string>();
  readonly values = new Set<string>();
  readonly #tokens: Tokens;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  parse(): Test {
    const test = this.#or();
    if (this.#tokens.peek() !== '') throw this.#tokens.error(`unexpected ${this.#tokens.peek()}`);
    return test;
  }

  #or(): Test {
    const left = this.#and();
    if (!this.#tokens.take('OR')) return left;
    const right = this.#or();
    return (scope) => left(scope) || right(scope);
  }

  #and(): Test {
    const left = this.#not();
    if (!this.#tokens.take('AND')) return left;
    const right = this.#and();
    return (scope) => left(scope) && right(scope);
  }

  #not(): Test {
    if (!this.#tokens.take('NOT')) return this.#primary();
    const test = this.#not();
    return (scope) => !test(scope);
  }

  #primary(): Test {
    if (this.#tokens.take('(')) {
      const test = this.#or();
      this.#tokens.expect(')');
      return test;
    }
    const isCall = this.#tokens.peek(1) === '(' && this.#tokens.peek() !== 'size';
    return isCall ? this.#function() : this.#comparison();
  }

  #function(): Test {
    const name = this.#tokens.next();
    this.#tokens.expect('(');
    const first = this.#operand();
    const test = this.#functionTest(name, first);
    this.#tokens.expect(')');
    return test;
  }

  #functionTest(name: string, first: Operand): Test {
    switch (name) {
      case 'attribute_exists':
        return (scope) => first(scope) !== undefined;
      case 'attribute_not_exists':
        return (scope) => first(scope) === undefined;
      case 'begins_with':
        return both(first, this.#secondArgument(), beginsWith);
      case 'contains':
        return both(first, this.#secondArgument(), contains);
      default:
        throw this.#tokens.error(`unknown function ${name}`);
    }
  }

  #secondArgument(): Operand {
    this.#tokens.expect(',');
    return this.#operand();
  }

  #comparison(): Test {
    const left = this.#operand();
    if (this.#tokens.take('BETWEEN')) {
      const low = this.#operand();
      this.#tokens.expect('AND');
      const high = this.#operand();
      const fromLow = both(left, low, isAtLeast);
      const toHigh = both(left, high, isAtMost);
      return (scope) => fromLow(scope) && toHigh(scope);
    }
    if (this.#tokens.take('IN')) return this.#in(left);
    const comparator = this.#tokens.next();
    const right = this.#operand();
    // Unlike every other comparison, this one is true for an attribute that does not exist.
    if (comparator === '<>') {
      const isEqual = both(left, right, areEqual);
      return (scope) => !isEqual(scope);
    }
    const compare = COMPARATORS.get(comparator);
    if (compare === undefined) throw this.#tokens.error(`unknown comparator ${comparator}`);
    return both(left, right, compare);
  }

  #in(left: Operand): Test {
    this.#tokens.expect('(');
    const tests: Test[] = [];
    do tests.push(both(left, this.#operand(), areEqual));
    while (this.#tokens.take(','));
    this.#tokens.expect(')');
    return (scope) => tests.some((test) => test(scope));
  }

  #operand(): Operand {
    const token = this.#tokens.next();
    if (token.startsWith(':')) {
      this.values.add(token);
      return ({ values }) => values[token];
    }
    if (token === 'size' && this.#tokens.take('(')) {
      const operand = this.#operand();
      this.#tokens.expect(')');
      return (scope) => {
        const value = operand(scope);
        return value === undefined ? undefined : size(value);
      };
    }
    return this.#path(token);
  }

  #path(first: string): Operand {
    const head = this.#segment(first);
    const tail: ((scope: Scope) => string)[] = [];
    while (this.#tokens.take('.')) tail.push(this.#segment(this.#tokens.next()));
    if (tail.length === 0) return (scope) => scope.item[head(scope)];
    return (scope) => {
      let value = scope.item[head(scope)];
      for (const segment of tail) {
        if (value === undefined || !isMap(value)) return undefined;
        value = value[segment(scope)];
      }
      return value;
    };
  }

  #segment(token: string): (scope: Scope) => string {
    if (!/^#?\w+$/.test(token)) throw this.#tokens.error(`unexpected ${token}`);
    if (RESERVED_WORDS.has(token.toUpperCase())) throw this.#tokens.error(`${token} is a reserved word`);
    if (!token.startsWith('#')) return () => token;
    this.names.add(token);
    return ({ names }) => names[token] ?? token;
  }
}

/** False unless both operands exist. */
function both(left: Operand, right: Operand, test: (left: Value, right: Value) => boolean): Test {
  return (scope) => {
    const one = left(scope);
    const other = right(scope);
    return one !== undefined && other !== undefined && test(one, other);
  };
}
