import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  MAX_OUTLINE_VALUES,
  OutlineScan,
  type OutlineShape,
  outlineOf,
} from '../../../shared/json/outline.ts';

const SHAPE: OutlineShape = {
  paths: ['total', 'rows', 'response.*.status', 'documents.*.uuid', 'documents.*.forms.*.signals', 'sizes'],
  digest: 'rows',
};

function outline(text: string, size = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(text);
  const scan = new OutlineScan(SHAPE);
  for (let at = 0; at < bytes.length; at += size) scan.write(bytes.subarray(at, at + size));
  return scan.end();
}

it.each([1, 2, 7, 1000])('has what the paths name and nothing else, in pieces of %i bytes', (size) => {
  const body = {
    total: 12,
    note: 'x',
    rows: [{ a: 1 }, { b: [2] }, 3, 'four', null, []],
    response: { r1: { status: 'DONE "é"', more: {} }, r2: { status: null } },
    documents: [{ uuid: 'a', name: 'n', forms: [{ signals: [{}, {}] }, {}] }, { name: 'm' }, 7],
    sizes: { one: { deep: [1] }, two: 'x' },
  };
  expect(outline(JSON.stringify(body, null, 1), size).json).toEqual({
    total: 12,
    rows: { isArray: true, length: 6 },
    response: { r1: { status: 'DONE "é"' }, r2: { status: null } },
    documents: [{ uuid: 'a', forms: [{ signals: { isArray: true, length: 2 } }, {}] }, {}, 7],
    sizes: { isArray: false, length: 2 },
  });
});

it('hashes the bytes of the rows, whatever is around them', () => {
  const rows = '[{"a": 1.10}, {"b":"]"}]';
  const digest = createHash('sha256').update(rows).digest('hex');
  expect(outline(`{"offset":0,"rows": ${rows} ,"x":1}`, 3).digest).toBe(digest);
  expect(outline(`{"rows":${rows}}`).digest).toBe(digest);
  expect(outline('{"rows":null}').digest).toBeUndefined();
});

it('of any JSON text is what its parsed value has at the paths', () => {
  const status = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  // A key `__proto__` is left out, see below.
  const key = fc.string().filter((name) => name !== '__proto__');
  const response = fc.dictionary(key, fc.record({ status, other: fc.jsonValue() }));
  fc.assert(
    fc.property(response, fc.jsonValue(), fc.integer({ min: 1, max: 20 }), (responses, other, size) => {
      const expected = Object.entries(responses).map(([key, value]) => [key, { status: value.status }]);
      const text = JSON.stringify({ other, response: responses });
      expect(outline(text, size).json).toEqual({ response: Object.fromEntries(expected) });
    }),
  );
});

it('leaves out a key that would replace the prototype of an object', () => {
  const { json } = outline('{"response":{"__proto__":{"status":"DONE"},"a":{"status":"DONE"}}}');
  expect(json).toEqual({ response: { a: { status: 'DONE' } } });
  expect(Object.getPrototypeOf((json as { response: object }).response)).toBe(Object.prototype);
});

it('leaves out details, and says so, where they would not fit into half of its bound', () => {
  const shape = { ...SHAPE, details: ['documents.*.forms'] };
  const document = (uuid: string, forms: number) => ({ forms: Array(forms).fill({ signals: [] }), uuid });
  const of = (forms: number) => {
    const documents = [document('a', forms), document('b', forms)];
    return outlineOf(Buffer.from(JSON.stringify({ documents })), shape);
  };
  expect(of(10)).toEqual({ json: { documents: [expect.anything(), expect.anything()] }, digest: undefined });
  const { json, isPartial } = of(MAX_OUTLINE_VALUES);
  expect(isPartial).toBe(true);
  expect(json).toMatchObject({ documents: [{ uuid: 'a' }, { uuid: 'b' }] });
});

it('is empty where it would not fit into its bound, unless it is only counted', () => {
  const ofRepeated = (before: string, element: string) => {
    const scan = new OutlineScan(SHAPE);
    scan.write(Buffer.from(`{"total":1,${before}:[${element}`));
    const many = Buffer.from(`,${element}`.repeat(1000));
    for (let n = 0; n < MAX_OUTLINE_VALUES; n += 1000) scan.write(many);
    scan.write(Buffer.from(']}'));
    return scan.end().json;
  };
  expect(ofRepeated('"documents"', '{}')).toEqual({});
  expect(ofRepeated('"rows"', '{}')).toEqual({
    total: 1,
    rows: { isArray: true, length: MAX_OUTLINE_VALUES + 1 },
  });
});
