import * as fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { parseJson, parseJsonKeepingDigits } from '../../../shared/events/json.ts';

test.each([
  ['{"pk":12345678901234567890}', { pk: '12345678901234567890' }],
  ['{"pk": -9007199254740993 }', { pk: '-9007199254740993' }],
  ['[9007199254740993,1]', ['9007199254740993', 1]],
  ['{"a":{"b":[\n9007199254740993\n]}}', { a: { b: ['9007199254740993'] } }],
  ['9007199254740993', '9007199254740993'],
  ['{"a":9007199254740991,"b":9007199254740992}', { a: 9007199254740991, b: '9007199254740992' }],
  ['{"pk":9007199254740993,"d":1.5e3,"e":1e300}', { pk: '9007199254740993', d: 1500, e: 1e300 }],
  ['{"text":"9007199254740993"}', { text: '9007199254740993' }],
  ['{"amount":9007199254740993.5}', { amount: 9007199254740994 }],
])('%s', (text, value) => {
  expect(parseJsonKeepingDigits(text)).toEqual(value);
});

it('keeps digits wherever a number may stand', () => {
  for (const before of ['{"a":', '[', '[1,', '[\t', '{"a":\n']) {
    const after = before.startsWith('{') ? '}' : ']';
    for (const space of ['', ' ', '\r\n']) {
      const text = `${before}98765432109876543210${space}${after}`;
      expect(JSON.stringify(parseJsonKeepingDigits(text))).toContain('"98765432109876543210"');
    }
  }
});

it('is otherwise what JSON.parse makes of it, which is an error for what is not JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!/\d{16}/.test(text));
      expect(parseJsonKeepingDigits(text)).toEqual(JSON.parse(text));
    }),
  );
  expect(() => parseJsonKeepingDigits('{')).toThrow(SyntaxError);
});

test('a byte order mark before JSON is ignored', () => {
  for (const parse of [parseJson, parseJsonKeepingDigits]) expect(parse('\uFEFF{"a":1}')).toEqual({ a: 1 });
  expect(parseJson('\uFEFF\uFEFF{}')).toBeUndefined();
});
