import { expect, test } from 'vitest';

type Row = Readonly<Record<string, unknown>>;

/** A module of the page, which is JavaScript because browsers get it without a build. */
const {
  cellText,
  listsIn,
  parseExactly,
}: {
  parseExactly(text: string): unknown;
  listsIn(document: unknown): { readonly path: string; readonly rows: readonly Row[] }[];
  cellText(value: unknown): string | null;
} = await import(new URL('../../../infra/console/page/lib/exact-json.js', import.meta.url).href);

const BIG =
  '{"status":200,"response":{"pk":9007199254740993,"rows":[{"amount":1.50,"note":"a"},{"amount":-1e400}]}}';

test('numbers stay as they were written, also beyond 2^53', () => {
  expect(JSON.stringify(parseExactly(BIG))).toBe(BIG);
});

test('lists of rows are found by their paths, with exact numbers in their cells', () => {
  const [list, ...others] = listsIn(parseExactly(BIG));
  expect(others).toEqual([]);
  expect(list?.path).toBe('response.rows');
  expect(list?.rows.map(({ amount, note }) => [cellText(amount), cellText(note)])).toEqual([
    ['1.50', 'a'],
    ['-1e400', null],
  ]);
});

test.each(['[1,2]', '{"a":[]}', '"text"', '[[{"a":1}]]'])('%s has no rows', (text) => {
  expect(listsIn(parseExactly(text))).toEqual([]);
});

test('a document that is cut is none', () => {
  expect(parseExactly(BIG.slice(0, 40))).toBeUndefined();
});
