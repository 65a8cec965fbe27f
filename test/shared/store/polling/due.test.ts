import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { newBook, readBook, updateBook } from '../../../../shared/store/books.ts';
import { DUE_SHARDS, dueShard } from '../../../../shared/store/keys.ts';
import { readDue } from '../../../../shared/store/polling/due.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { memoryTable } from '../testing/memory-table.ts';
import { second, WRITER } from '../testing/observations.ts';
import { collect } from '../testing/stepwise.ts';

let table: Table;
beforeEach(async () => {
  table = await memoryTable();
});

const dueAt = (n: number) => collect(readDue(table, second(n)));

async function bookDueAt(n: number | undefined, bookUuid: string = randomUUID()): Promise<string> {
  await updateBook(table, bookUuid, (book) => {
    const base = book ?? newBook(bookUuid, { bookUuid }, WRITER);
    if (n === undefined) return { ...base, dueAt: undefined, dueShard: undefined };
    return { ...base, dueAt: second(n), dueShard: dueShard(bookUuid) };
  });
  return bookUuid;
}

test('only the books whose time has come are due', async () => {
  const past = await bookDueAt(1);
  const now = await bookDueAt(2);
  await bookDueAt(3);
  expect((await dueAt(2)).map(({ bookId }) => bookId).sort()).toEqual([past, now].sort());
});

test('the index has the keys and nothing else: what a book is, is read from the book', async () => {
  const bookUuid = await bookDueAt(1);
  expect(await dueAt(1)).toEqual([{ bookId: bookUuid, item: 'BOOK', dueAt: second(1) }]);
  expect(await readBook(table, bookUuid)).toMatchObject({ bookUuid, createdAt: second(0) });
});

/** Uuids by shard, some of each. */
function uuidsOf(shard: string, count: number): string[] {
  const uuids: string[] = [];
  while (uuids.length < count) {
    const uuid = randomUUID();
    if (dueShard(uuid) === shard) uuids.push(uuid);
  }
  return uuids;
}

test('the longest due of a shard come first, and a backlog of one shard does not hold up the others', async () => {
  for (const [n, uuid] of uuidsOf('0', 5).entries()) await bookDueAt(5 - n, uuid);
  const [other = ''] = uuidsOf('3', 1);
  await bookDueAt(9, other);

  const due = await dueAt(10);
  expect(due.slice(0, 2).map(({ bookId }) => bookId)).toContain(other);
  const ofBacklog = due.filter(({ bookId }) => bookId !== other).map((book) => book.dueAt);
  expect(ofBacklog).toEqual([1, 2, 3, 4, 5].map(second));
});

test('books are spread over all shards', () => {
  const counts = new Map<string, number>();
  for (let n = 0; n < 1000; n += 1) {
    const shard = dueShard(`book-${n}`);
    counts.set(shard, (counts.get(shard) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([...DUE_SHARDS]);
  expect(Math.min(...counts.values())).toBeGreaterThan(150);
});

test('a schedule moves the book; its end takes it out of the index until something happens to it', async () => {
  const bookUuid = await bookDueAt(1);
  await bookDueAt(500, bookUuid);
  expect(await dueAt(499)).toEqual([]);
  expect(await dueAt(500)).toHaveLength(1);
  await bookDueAt(undefined, bookUuid);
  expect(await dueAt(1_000_000)).toEqual([]);
  expect(await table.get({ bookId: bookUuid, item: 'BOOK' })).not.toHaveProperty('dueShard');
  await bookDueAt(600, bookUuid);
  expect(await dueAt(600)).toHaveLength(1);
});
