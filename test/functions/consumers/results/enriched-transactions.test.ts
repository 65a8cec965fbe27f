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
test.each([120, 100, 51, 50, 3])(
  'a total that counts only the page is not a change: %i rows are read',
  async (rows) => {
    for (let offset = 0; offset <= rows; offset += MOST) {
      const { length } = page(offset, rows).body.enriched_transactions;
      book.answers(from(offset), page(offset, rows, { total: length, filtered_total: MOST }));
    }
    expect(await deliver()).toEqual([]);
    expect(await storedRows()).toEqual(all(rows));
    expect(await entry()).toMatchObject({ state: 'stored' });
  },
);

test('pages without a total, after a first page that has one, are read until it is reached', async () => {
  hasRows(120);
  for (const offset of [50, 100]) book.answers(from(offset), page(offset, 120, { total: undefined }));
  expect(await deliver()).toEqual([]);
  expect(await storedRows()).toEqual(all(120));
  expect(await entry()).toMatchObject({ state: 'stored' });
  expect(asked()).toEqual([0, 50, 100, 0]);
});

test('an empty page after the last row ends the set, also when its total counts no rows', async () => {
  hasRows(100);
  book.answers(from(100), page(100, 100, { total: 0 }));
  expect(await deliver()).toEqual([]);
  expect(await storedRows()).toEqual(all(100));
  expect(await entry()).toMatchObject({ state: 'stored' });
});

test.each([
  ['without offset', { offset: undefined }],
  ['with the offset that was asked for', { offset: 100 }],
  ['with its own offset', { offset: 50 }],
])('a page past the total that repeats the last one ends the set: %s', async (_, more) => {
  hasRows(100);
  const last = page(50, 100).body.enriched_transactions;
  for (const offset of [100, 150, 200])
    book.answers(from(offset), page(offset, 100, { enriched_transactions: last, ...more }));
  await deliver();
  expect(await storedRows()).toEqual(all(100));
  expect(asked()).toEqual([0, 50, 100, 0]);
});

test('a page past the total that repeats the only one ends the set', async () => {
  hasRows(50);
  book.answers(from(50), page(0, 50));
  await deliver();
  expect(await storedRows()).toEqual(all(50));
  expect(await entry()).toMatchObject({ state: 'stored' });
});

test('an empty page before the total is requested again, and then ends the set', async () => {
  for (const offset of [0, 50, 100]) book.answers(from(offset), page(offset, 120, { total: 500 }));
  book.answers(from(120), page(120, 120, { total: 500 }));
  await deliver();
  expect(await storedRows()).toEqual(all(120));
  expect(asked()).toEqual([0, 50, 100, 120, 120, 0]);
});

test('a single empty page by mistake does not end the set', async () => {
  hasRows(120);
  book.answers(from(50), page(50, 120, { enriched_transactions: [] }), page(50, 120));
  await deliver();
  expect(await storedRows()).toEqual(all(120));
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
