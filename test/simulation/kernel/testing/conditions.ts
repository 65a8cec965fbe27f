import fc from 'fast-check';
import type { Condition } from '../../../../shared/store/table.ts';
import { number, scalar, text } from './attributes.ts';

interface Rendered {
  readonly text: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** An expression that gets its placeholders when it is written down, so that no two are the same. */
type Expression = (fresh: () => string) => Rendered;

function plain(written: string): Expression {
  return () => ({ text: written, names: {}, values: {} });
}

function name(attribute: string): Expression {
  return (fresh) => {
    const placeholder = `#${fresh()}`;
    return { text: placeholder, names: { [placeholder]: attribute }, values: {} };
  };
}

function value(literal: unknown): Expression {
  return (fresh) => {
    const placeholder = `:${fresh()}`;
    return { text: placeholder, names: {}, values: { [placeholder]: literal } };
  };
}

function joined(parts: readonly Expression[], form: (...texts: string[]) => string): Expression {
  return (fresh) => {
    const rendered = parts.map((part) => part(fresh));
    return {
      text: form(...rendered.map((part) => part.text)),
      names: Object.assign({}, ...rendered.map((part) => part.names)),
      values: Object.assign({}, ...rendered.map((part) => part.values)),
    };
  };
}

const path: fc.Arbitrary<Expression> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('a', 'generation', 'm', 'm.since', 'deep.m.since', 'absent').map(plain),
  },
  { weight: 4, arbitrary: fc.constantFrom('status', 'item').map(name) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('since', 'state', 'missing')
      .map((last) => joined([name('m'), name(last)], (first, second) => `${first}.${second}`)),
  },
  // Reserved words, which both tables must refuse.
  { weight: 1, arbitrary: fc.constantFrom('item', 'm.state').map(plain) },
);

function comparison(literal: fc.Arbitrary<unknown>, form: (path: string, value: string) => string) {
  return fc
    .tuple(path, literal)
    .map(([operand, other]) =>
      joined([operand, value(other)], (...texts) => form(texts[0] ?? '', texts[1] ?? '')),
    );
}

/** DynamoDB refuses bounds in the wrong order. */
const between = fc
  .tuple(path, fc.oneof(fc.tuple(text, text), fc.tuple(number, number)))
  .map(([operand, [one, other]]) => {
    const [low, high] = one <= other ? [one, other] : [other, one];
    const parts = [operand, value(low), value(high)];
    return joined(parts, (of, from, to) => `${of} BETWEEN ${from} AND ${to}`);
  });

const equality = fc.constantFrom('=', '<>');
const inequality = fc.constantFrom('<', '<=', '>', '>=');

const atom: fc.Arbitrary<Expression> = fc.oneof(
  fc
    .tuple(fc.constantFrom('attribute_exists', 'attribute_not_exists'), path)
    .map(([test, operand]) => joined([operand], (of) => `${test}(${of})`)),
  equality.chain((sign) => comparison(scalar, (of, other) => `${of} ${sign} ${other}`)),
  inequality.chain((sign) => comparison(fc.oneof(text, number), (of, other) => `${of} ${sign} ${other}`)),
  inequality.chain((sign) => comparison(number, (of, other) => `size(${of}) ${sign} ${other}`)),
  comparison(text, (of, other) => `begins_with(${of}, ${other})`),
  comparison(text, (of, other) => `contains(${of}, ${other})`),
  between,
);

const expression = fc.letrec<{ any: Expression; group: Expression }>((tie) => ({
  any: fc.oneof({ maxDepth: 2, withCrossShrink: true }, atom, tie('group')),
  group: fc
    .tuple(tie('any'), tie('any'), fc.constantFrom('AND', 'OR', 'AND NOT', 'or not'))
    .map(([left, right, word]) => joined([left, right], (one, other) => `(${one} ${word} ${other})`)),
})).any;

/** Conditions of the shapes in use, or none. */
export const condition: fc.Arbitrary<Condition | undefined> = fc.option(
  expression.map((render) => {
    let count = 0;
    const { text: written, names, values } = render(() => `p${count++}`);
    return {
      expression: written,
      ...(Object.keys(names).length > 0 && { names }),
      ...(Object.keys(values).length > 0 && { values }),
    };
  }),
  { nil: undefined },
);
