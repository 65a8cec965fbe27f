import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { writeBook } from '../../shared/store/books.ts';
import { type DueBook, makeAppointment, readDueBooks } from '../../shared/store/due.ts';
import { BOOK_ITEM, dueShard } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { observation, second, WRITER } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
beforeEach(async () => {
  table = await createTable();
});

async function dueAt(n: number): Promise<DueBook[]> {
  const due: DueBook[] = [];
  for await (const book of readDueBooks(table, second(n))) due.push(book);
  return due;
}

async function bookDueAt(n: number, bookUuid: string = randomUUID()): Promise<string> {
  await writeBook(table, observation(bookUuid, 0, 'VERIFYING'), { ...WRITER, dueAt: second(n) });
  return bookUuid;
}

const next = {
  dueAt: second(500),
  poll: { fingerprint: 'f', checked: true },
  waiting: false,
  settledAt: undefined,
};

test('only the books whose time has come are due', async () => {
  const past = await bookDueAt(1);
  const now = await bookDueAt(2);
  await bookDueAt(3);
  expect((await dueAt(2)).map(({ bookId }) => bookId).sort()).toEqual([past, now].sort());
});

test('a due book tells what the poller decides by, without another read', async () => {
  const bookUuid = await bookDueAt(1);
  expect(await dueAt(1)).toEqual([
    expect.objectContaining({
      bookId: bookUuid,
      bookUuid,
      account: 'default',
      status: 'VERIFYING',
      generation: 1,
      createdAt: second(0),
      dueAt: second(1),
    }),
  ]);
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

test('an appointment moves the book, and remembers what was seen', async () => {
  const bookUuid = await bookDueAt(1);
  const [book] = await dueAt(1);
  if (book === undefined) throw new Error('not due');
  await makeAppointment(table, book, { ...next, waiting: true, settledAt: second(7) });

  expect(await dueAt(499)).toEqual([]);
  expect(await dueAt(500)).toEqual([
    expect.objectContaining({ bookId: bookUuid, poll: next.poll, waiting: true, settledAt: second(7) }),
  ]);
});

test('without a time the book leaves the index until something happens to it', async () => {
  const bookUuid = await bookDueAt(1);
  const [book] = await dueAt(1);
  if (book === undefined) throw new Error('not due');
  await makeAppointment(table, book, { ...next, dueAt: undefined });
  expect(await dueAt(1_000_000)).toEqual([]);

  await writeBook(table, observation(bookUuid, 5, 'VERIFIED'), { ...WRITER, dueAt: second(600) });
  expect(await dueAt(600)).toHaveLength(1);
});

test('an appointment that somebody else has made in the meantime stays', async () => {
  const bookUuid = await bookDueAt(1);
  const [book] = await dueAt(1);
  if (book === undefined) throw new Error('not due');
  await writeBook(table, observation(bookUuid, 5, 'VERIFIED'), { ...WRITER, dueAt: second(50) });
  await makeAppointment(table, book, next);

  const stored = await table.get({ bookId: bookUuid, item: BOOK_ITEM });
  expect(stored).toMatchObject({ dueAt: second(50) });
  expect(stored).not.toHaveProperty('poll');
});
