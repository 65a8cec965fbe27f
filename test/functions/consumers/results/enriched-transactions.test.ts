import { expect, test } from 'vitest';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { TOO_EARLY } from '../testing/answers.ts';
import { all, enrichedTransactions, from, MOST, page } from './testing/enriched.ts';

const book = useBook();

const { hasRows, deliver, storedRows, subjects, asked, entry } = enrichedTransactions(book);

test('12,000 rows in pages of 50 are stored to the last row, and joined by the reader', async () => {
  hasRows(12_000);
  expect(await deliver()).toEqual([]);
  expect(await storedRows()).toEqual(all(12_000));
  expect(await entry()).toMatchObject({ state: 'stored' });
  // One call for each page, one that is empty because the last page was full, one for the first page again.
  expect(asked()).toHaveLength(240 + 2);
});

test.each([0, 1, 49])('%i rows are one answer, one item and one call', async (rows) => {
  hasRows(rows);
  await deliver();
  expect(await subjects()).toEqual(['b']);
  expect(asked()).toEqual([0]);
  const [result] = (await book.reader.results('b')).filter(({ kind }) => kind === 'enriched-transactions');
  expect(result).not.toHaveProperty('set');
});

test.each([
  ['a total that is too small', { total: 3 }],
  ['no total', { total: undefined }],
  ['no total and no limit', { total: undefined, limit: undefined }],
  ['no limit', { limit: undefined }],
  ['a filtered_total of nothing', { filtered_total: 0 }],
])('with %s, pages are read until there are no more', async (_, more) => {
  hasRows(120, more);
  await deliver();
  expect(await storedRows()).toEqual(all(120));
});

// In one of the vendor's examples the page begins at row 1 and has two rows, of a total of two.
test.each([120, 100, 51, 50, 3])('a total that counts only the page is no change: %i rows', async (rows) => {
  for (let offset = 0; offset <= rows; offset += MOST) {
    const { length } = page(offset, rows).body.enriched_transactions;
    book.answers(from(offset), page(offset, rows, { total: length, filtered_total: MOST }));
  }
  expect(await deliver()).toEqual([]);
  expect(await storedRows()).toEqual(all(rows));
  expect(await entry()).toMatchObject({ state: 'stored' });
});

test('a page with as many rows as were asked for is not the last one, although its total says so', async () => {
  for (const offset of [0, 50, 100, 120]) {
    const { length } = page(offset, 120).body.enriched_transactions;
    const reply = page(offset, 120, { total: length, limit: undefined });
    book.answers(from(offset), { ...reply, limit: MOST });
  }
  expect(await deliver()).toEqual([]);
  expect(await storedRows()).toEqual(all(120));
});

const LAST = page(50, 100).body.enriched_transactions;
const NO_ROWS = { enriched_transactions: [] };
type Answers = readonly (readonly [offset: number, ...pages: ReturnType<typeof page>[]])[];
test.each<[string, number, Answers, readonly number[]]>([
  [
    'pages without a total, after a first page that has one, are read until it is reached',
    120,
    [50, 100].map((offset) => [offset, page(offset, 120, { total: undefined })]),
    [0, 50, 100, 0],
  ],
  [
    'an empty page after the last row ends the set, also when its total counts no rows',
    100,
    [[100, page(100, 100, { total: 0 })]],
    [0, 50, 100, 0],
  ],
  ...[{ offset: undefined }, { offset: 100 }, { offset: 50 }].map(
    (more): [string, number, Answers, number[]] => [
      `a page past the total that repeats the last one ends the set, with offset ${more.offset}`,
      100,
      [[100, page(100, 100, { enriched_transactions: LAST, ...more })]],
      [0, 50, 100, 0],
    ],
  ),
  ['a page past the total that repeats the only one ends the set', 50, [[50, page(0, 50)]], [0, 50]],
  [
    'an empty page before the total is requested again, and then ends the set',
    120,
    [0, 50, 100, 120].map((offset) => [offset, page(offset, 120, { total: 500 })]),
    [0, 50, 100, 120, 120, 0],
  ],
  [
    'a single empty page by mistake does not end the set',
    120,
    [[50, page(50, 120, NO_ROWS), page(50, 120)]],
    [0, 50, 50, 100, 0],
  ],
])('%s', async (_what, rows, answers, offsets) => {
  hasRows(rows);
  for (const [offset, ...pages] of answers) book.answers(from(offset), ...pages);
  expect(await deliver()).toEqual([]);
  expect(await storedRows()).toEqual(all(rows));
  expect(await entry()).toMatchObject({ state: 'stored' });
  expect(asked()).toEqual(offsets);
});

test.each([
  ['shorter', 120, 3],
  ['no longer in pages', 30, 1],
])('the pages of an earlier, longer set are removed when it is %s', async (_, rows, items) => {
  hasRows(400);
  await deliver();
  expect(await subjects()).toHaveLength(8);
  hasRows(rows);
  book.clock.advance(3600);
  await deliver();
  expect(await subjects()).toHaveLength(items);
  expect(await storedRows()).toEqual(all(rows));
});

test.each([
  ['is not ready', TOO_EARLY],
  ['is refused', { httpStatus: 403, body: {} }],
  ['has no rows that can be read', { body: { rows: 'try later' } }],
  ['is the first one again', page(0, 120)],
])('after a page that %s, the whole list is missing', async (_, reply) => {
  hasRows(120);
  book.answers(from(50), reply);
  await deliver({ attempts: 3 });
  expect(await book.missing()).toEqual(['enriched-transactions b']);
  expect(await storedRows()).toBeUndefined();
});
