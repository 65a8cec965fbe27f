import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { Entry } from '../../../shared/checklist/entry.ts';
import { readBook, updateBook } from '../../../shared/store/books.ts';
import { readDue } from '../../../shared/store/polling/due.ts';
import type { Table } from '../../../shared/store/table.ts';
import { document, generationOf, observation, second, writeAll, writeBook } from '../testing/observations.ts';
import { collect } from '../testing/stepwise.ts';
import { useTables } from '../testing/table.ts';

const PROGRESS = ['capture', 'analytics', 'detect', 'income', 'completed'] as const;

const createTable = useTables();
let table: Table;
let bookUuid: string;
beforeEach(async () => {
  table = await createTable();
  bookUuid = randomUUID();
});

const statement = document('VERIFICATION_COMPLETE');
const another = document('VERIFICATION_COMPLETE');
const entries: Record<string, Entry> = {
  income: { state: 'stored', version: 1, since: second(2), attempts: 0, at: second(2) },
};

/** A verified book of which everything is there, and the poller knows it. */
async function writeFinishedBook(): Promise<void> {
  await writeBook(table, observation(bookUuid, 1, 'VERIFIED', [statement]));
  const available = { state: 'available', at: second(2) };
  await updateBook(
    table,
    bookUuid,
    (book) =>
      book && {
        ...book,
        ...Object.fromEntries(PROGRESS.map((part) => [part, available])),
        entries,
        complete: true,
        completeAt: second(3),
        open: [],
        settled: { digest: book.digest ?? '', generation: 1, policy: 'p' },
      },
  );
}

const stored = () => readBook(table, bookUuid);

test.each([
  ['active again', observation('', 10, 'VERIFYING', [statement])],
  ['verified with another document', observation('', 10, 'VERIFIED', [statement, another])],
  ['verified with a document less', observation('', 10, 'VERIFIED', [])],
  [
    'with a document that ended differently',
    observation('', 10, 'VERIFIED', [{ ...statement, status: 'REJECTED' }]),
  ],
])('a verified book that is seen %s starts a generation with nothing available', async (_what, seen) => {
  await writeFinishedBook();
  await writeBook(table, { ...seen, bookUuid });

  const book = await stored();
  expect(book).toMatchObject({
    generation: 2,
    status: seen.status,
    observedAt: second(10),
    changedAt: second(10),
    complete: false,
    // What it had is void by its generation, and remembered.
    entries,
  });
  for (const gone of [...PROGRESS, 'settled', 'completeAt']) expect(book).not.toHaveProperty(gone);
});

test('a verified book that still looks the same keeps what is available', async () => {
  await writeFinishedBook();
  const before = await stored();
  await writeBook(table, observation(bookUuid, 10, 'VERIFIED', [statement]));
  const { observedAt: _, revision: __, updatedAt: ___, ...kept } = (await stored()) ?? {};
  expect(before).toMatchObject(kept);
  expect(kept).toMatchObject({ generation: 1, complete: true, settled: { generation: 1 } });
});

test('a book that is deleted keeps its generation and what there was of it', async () => {
  await writeFinishedBook();
  await writeBook(table, observation(bookUuid, 10, 'DELETED'));
  expect(await stored()).toMatchObject({ status: 'DELETED', generation: 1, capture: { state: 'available' } });
});

test('an old observation of an active book does not reopen a verified one', async () => {
  await writeFinishedBook();
  await writeBook(table, observation(bookUuid, 0, 'VERIFYING'));
  expect(await stored()).toMatchObject({ generation: 1, complete: true });
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

test('an active book that changes keeps its generation', async () => {
  await writeAll(table, [
    observation(bookUuid, 1, 'CREATED'),
    observation(bookUuid, 2, 'UPLOAD', [document('QUEUED', 'd')]),
    observation(bookUuid, 3, 'VERIFYING', [document('VERIFYING', 'd')]),
    observation(bookUuid, 4, 'VERIFIED', [document('VERIFICATION_COMPLETE', 'd')]),
  ]);
  expect(await stored()).toMatchObject({ generation: 1, endedAt: second(4), hasResults: true });
});

test('a reopened book is due again, even one that was no longer polled', async () => {
  await writeFinishedBook();
  await updateBook(table, bookUuid, (book) => book && { ...book, dueAt: undefined, dueShard: undefined });
  await writeBook(table, observation(bookUuid, 10, 'VERIFYING', [statement]));
  const due = await collect(readDue(table, second(1000)));
  expect(due.map(({ bookId }) => bookId)).toEqual([bookUuid]);
});
