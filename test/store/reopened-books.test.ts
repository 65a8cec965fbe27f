import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { writeBook } from '../../shared/store/books.ts';
import { readDueBooks } from '../../shared/store/due.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { type Strand, writeStrand } from '../../shared/store/strands.ts';
import type { Table } from '../../shared/store/table.ts';
import { document, generationOf, observation, second, WRITER, writeAll } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const STRANDS: readonly Strand[] = ['capture', 'analytics', 'detect', 'income', 'completed'];

const createTable = useTables();
let table: Table;
let bookUuid: string;
beforeEach(async () => {
  table = await createTable();
  bookUuid = randomUUID();
});

const statement = document('VERIFICATION_COMPLETE');
const another = document('VERIFICATION_COMPLETE');

/** A verified book of which everything is there, and the poller knows it. */
async function writeFinishedBook(): Promise<void> {
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED', [statement])]);
  for (const strand of STRANDS) {
    await writeStrand(table, bookUuid, strand, { state: 'available', at: second(2) }, 1, WRITER);
  }
  await table.update(
    { bookId: bookUuid, item: BOOK_ITEM },
    { set: { settledAt: second(3), poll: { fingerprint: 'f', checked: true } } },
  );
}

const stored = () => table.get({ bookId: bookUuid, item: BOOK_ITEM });

test.each([
  ['at work again', observation('', 10, 'VERIFYING', [statement])],
  ['verified with another document', observation('', 10, 'VERIFIED', [statement, another])],
  ['verified with a document less', observation('', 10, 'VERIFIED', [])],
])('a verified book that is seen %s starts a generation with nothing available', async (_, seen) => {
  await writeFinishedBook();
  const written = await writeBook(table, { ...seen, bookUuid }, WRITER);

  expect(written).toEqual({ outcome: 'applied', generation: 2 });
  const book = await stored();
  expect(book).toMatchObject({ generation: 2, status: seen.status, observedAt: second(10) });
  for (const gone of [...STRANDS, 'settledAt', 'poll']) expect(book).not.toHaveProperty(gone);
  expect(book).toMatchObject({ expected: ['analytics', 'detect', 'income'] });
});

test('a strand that the book never had is not expected of it when it is reopened', async () => {
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  await writeAll(table, [observation(bookUuid, 2, 'VERIFYING'), observation(bookUuid, 3, 'VERIFIED')]);
  expect(await stored()).not.toHaveProperty('expected');
  await writeStrand(table, bookUuid, 'income', { state: 'available', at: second(4) }, 2, WRITER);
  await writeAll(table, [observation(bookUuid, 5, 'VERIFYING'), observation(bookUuid, 6, 'VERIFIED')]);
  await writeAll(table, [observation(bookUuid, 7, 'VERIFYING')]);
  expect(await stored()).toMatchObject({ generation: 4, expected: ['income'] });
});

test('news that comes while the book is being written as reopened are expected again', async () => {
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  const news = { state: 'available', at: second(11) };
  const late: Table = {
    ...table,
    update: async (key, update) => {
      if (update.set.reopenedAt !== undefined) await writeStrand(table, bookUuid, 'detect', news, 1, WRITER);
      return table.update(key, update);
    },
  };
  await writeBook(late, observation(bookUuid, 10, 'VERIFYING'), WRITER);
  expect(await stored()).toMatchObject({ generation: 2, expected: ['detect'] });
});

test('a verified book that still looks the same keeps what is available', async () => {
  await writeFinishedBook();
  const written = await writeBook(table, observation(bookUuid, 10, 'VERIFIED', [statement]), WRITER);

  expect(written).toEqual({ outcome: 'unchanged', generation: 1 });
  const kept = Object.fromEntries(STRANDS.map((strand) => [strand, { state: 'available' }]));
  expect(await stored()).toMatchObject({ ...kept, settledAt: second(3), poll: { checked: true } });
});

test('a book that is deleted keeps its generation and what there was of it', async () => {
  await writeFinishedBook();
  const written = await writeBook(table, observation(bookUuid, 10, 'DELETED'), WRITER);
  expect(written).toEqual({ outcome: 'applied', generation: 1 });
  expect(await stored()).toMatchObject({ status: 'DELETED', capture: { state: 'available' } });
});

test('an old observation of a book at work does not reopen a verified one', async () => {
  await writeFinishedBook();
  expect(await writeAll(table, [observation(bookUuid, 0, 'VERIFYING')])).toEqual(['stale']);
  expect(await generationOf(table, bookUuid)).toBe(1);
});

test('being verified, reopened and verified in turn counts each reopening once', async () => {
  await writeAll(table, [
    observation(bookUuid, 1, 'VERIFIED', [statement]),
    observation(bookUuid, 2, 'VERIFYING', [statement, another]),
    observation(bookUuid, 3, 'VERIFYING', [statement, another]),
    observation(bookUuid, 4, 'VERIFIED', [statement, another]),
    observation(bookUuid, 5, 'VERIFYING', [statement, another]),
  ]);
  expect(await generationOf(table, bookUuid)).toBe(3);
});

test('a reopened book stays among the due ones', async () => {
  await writeFinishedBook();
  await writeAll(table, [observation(bookUuid, 10, 'VERIFYING', [statement])]);
  const due: string[] = [];
  for await (const { bookId } of readDueBooks(table, second(20))) due.push(bookId);
  expect(due).toEqual([bookUuid]);
});

test('work on the old generation says nothing about the new one', async () => {
  await writeFinishedBook();
  await writeAll(table, [observation(bookUuid, 10, 'VERIFYING', [statement])]);
  const say = (n: number, generation: number) =>
    writeStrand(table, bookUuid, 'analytics', { state: 'available', at: second(n) }, generation, WRITER);
  const again = { class: 'retry', code: 'book-reopened' };
  await expect(say(11, 1)).rejects.toMatchObject(again);
  // By the clock of another machine.
  await expect(say(9, 2)).rejects.toMatchObject(again);
  expect(await stored()).not.toHaveProperty('analytics');

  const fresh = { state: 'available', at: second(10) };
  expect(await say(10, 2)).toBe('applied');
  expect(await stored()).toMatchObject({ analytics: fresh });
});
