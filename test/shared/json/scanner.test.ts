import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonScanner } from '../../../shared/json/scanner.ts';

const ignore = { beginValue: () => true, key: () => {}, endValue: () => {} };

/** Cut into pieces of one size, as a stream may be. */
function read(text: string | Buffer, size = Number.POSITIVE_INFINITY): void {
  const bytes = Buffer.from(text);
  const scanner = new JsonScanner(ignore);
  for (let at = 0; at < bytes.length; at += size) scanner.write(bytes.subarray(at, at + size));
  scanner.end();
}

it('accepts every JSON text, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(2), fc.integer({ min: 1, max: 9 }), (text, space, size) => {
      read(JSON.stringify(JSON.parse(text), null, space), size);
    }),
  );
});

it('ignores a byte order mark before the text', () => {
  expect(() => read('\uFEFF{"a": [1]}')).not.toThrow();
  expect(() => read('[\uFEFF1]')).toThrow();
});

it('refuses every text that is cut off, but for a number that may have ended', () => {
  fc.assert(
    fc.property(fc.json(), fc.double({ min: 0, max: 1, maxExcluded: true }), (text, share) => {
      const cut = text.slice(0, Math.floor(text.length * share));
      fc.pre(!/^\s*-?[\w.+-]+\s*$/.test(cut));
      expect(() => read(cut)).toThrow('the text ends too early');
    }),
  );
});

it.each([
  '<html></html>',
  '{"a":1}}',
  '{"a":1,}',
  '[1,]',
  '[,1]',
  '[1 2]',
  '{"a" 1}',
  '{"a":}',
  '{a:1}',
  '{1:1}',
  '[1}',
  '{"a":1]',
  '"a\nb"',
  '{}{}',
])('refuses %j', (text) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(() => read(text)).toThrow();
});

it('refuses more levels than any answer has, before they take memory', () => {
  expect(() => read('['.repeat(1000))).toThrow('too many levels');
});
