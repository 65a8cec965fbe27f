import fc from 'fast-check';

/** Few different values, so that comparisons are often true. */
export const text = fc.constantFrom(
  'a',
  'ab',
  'abc',
  'b',
  '2026-01-01T00:00:00.000Z',
  '2026-01-02T00:00:00.000Z',
);
export const number = fc.integer({ min: -3, max: 3 });
export const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

const nested = fc.record({
  at: fc.option(text, { nil: undefined }),
  state: fc.option(text, { nil: undefined }),
});
const list = fc.array(fc.oneof(text, fc.constant(undefined)), { maxLength: 3 });
const binary = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes));

/** The attributes of an item but for its key; undefined ones, too, which are not stored. */
export const attributes = fc.record(
  {
    answered: fc.option(scalar, { nil: undefined }),
    outcome: text,
    generation: number,
    m: nested,
    l: list,
    body: binary,
    deep: fc.record({ m: nested, l: list, body: binary }),
    dueShard: fc.constantFrom('0', '1'),
    dueAt: text,
  },
  { requiredKeys: [] },
);
