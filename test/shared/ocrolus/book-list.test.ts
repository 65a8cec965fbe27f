import { describe, expect, it } from 'vitest';
import { comparePks, listBooks } from '../../../shared/ocrolus/book-list.ts';
import type { OcrolusClient } from '../../../shared/ocrolus/client.ts';

/** A client whose every answer is this body, and that remembers what it was asked for. */
function answering(body: string) {
  const asked: unknown[] = [];
  const client: OcrolusClient = {
    async get(call) {
      asked.push(call.query);
      const json: unknown = JSON.parse(body);
      return { operation: call.operation, body: Buffer.from(body), json, httpStatus: 200, askedAt: '' };
    },
    ask: () => Promise.reject(new Error('not asked for')),
    fetch: () => Promise.reject(new Error('not asked for')),
    getSigned: () => Promise.reject(new Error('not asked for')),
  };
  return { client, asked };
}

const book = (pk: number) => ({ pk, book_uuid: `book-${pk}`, name: `Book ${pk}` });
const listed = (pk: number) => ({ bookUuid: `book-${pk}`, bookPk: String(pk), name: `Book ${pk}` });
const list = (response: unknown, limit = 3) =>
  listBooks(answering(JSON.stringify({ response })).client, limit, 0, 0);

it('pages by ascending pk', async () => {
  const { client, asked } = answering('{"response":[]}');
  await listBooks(client, 100, 200, 0);
  expect(asked).toEqual([{ order: 'ASC', order_by: 'pk', limit: '100', offset: '200' }]);
});

describe('both shapes are read', () => {
  it('a page', async () => {
    const page = { limit: 3, books: [book(1), book(2)], total_book_count: 2, _links: {} };
    expect(await list(page)).toEqual({ books: [listed(1), listed(2)], length: 2, limit: 3, paged: true });
  });

  it('an array no longer than the limit is a page', async () => {
    expect(await list([book(1), book(2), book(3)])).toMatchObject({ paged: true });
  });

  it('a longer one is every book: Ocrolus does not page', async () => {
    const { books, paged } = await list([1, 2, 3, 4].map(book));
    expect(paged).toBe(false);
    expect(books).toHaveLength(4);
  });
});

it('comes in the order of pks, whatever order Ocrolus has', async () => {
  const { books } = await list([book(100), book(9), book(20)]);
  expect(books.map(({ bookPk }) => bookPk)).toEqual(['9', '20', '100']);
});

it("has the lender's own key and the type of the book", async () => {
  const { books } = await list([
    { ...book(1), xid: 'loan-1', book_type: 'DEFAULT' },
    { ...book(2), xid: null },
  ]);
  expect(books).toEqual([{ ...listed(1), xid: 'loan-1', bookType: 'DEFAULT' }, listed(2)]);
});

it('keeps the digits of a pk beyond 2^53', async () => {
  const { client } = answering('{"response":[{"pk":9007199254740993,"uuid":"B"}]}');
  expect((await listBooks(client, 3, 0, 0)).books).toEqual([{ bookUuid: 'b', bookPk: '9007199254740993' }]);
});

it.each([
  null,
  'x',
  {},
  { pk: 5 },
  { book_uuid: 'x' },
  { pk: 5, book_uuid: null },
  { pk: {}, book_uuid: 'x' },
])('an entry that cannot be known (%j) hides no other', async (entry) => {
  expect((await list([entry, book(1)])).books).toEqual([listed(1)]);
});

it.each([null, 'none', 5, {}, { books: {} }])('%j is no list: asked for again', async (response) => {
  await expect(list(response)).rejects.toMatchObject({ class: 'retry', code: 'book-list-shape' });
});

it('pks are compared as numbers, beyond 2^53 too', () => {
  const pks = ['9', '10', '9007199254740993', '9007199254740992', '18446744073709551615'];
  expect(pks.toSorted(comparePks)).toEqual([
    '9',
    '10',
    '9007199254740992',
    '9007199254740993',
    '18446744073709551615',
  ]);
  expect(comparePks('7', '7')).toBe(0);
});

it.each([
  [{ created_ts: '2026-03-02T08:00:00Z' }, '2026-03-02T08:00:00Z'],
  [{ created_ts: '2026-03-02T08:00:00' }, '2026-03-02T08:00:00'],
  [{ created: '2026-03-02' }, '2026-03-02'],
  [{ created_ts: 'yesterday' }, undefined],
  [{ created_ts: 5 }, undefined],
  [{}, undefined],
])('the time when a book was created is read where Ocrolus has it: %j', async (times, createdAt) => {
  const [made] = (await list([{ ...book(1), ...times }])).books;
  expect(made?.createdAt).toBe(createdAt);
});
