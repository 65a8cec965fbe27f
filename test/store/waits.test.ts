import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { writeBook } from '../../shared/store/books.ts';
import { BOOK_ITEM, waitItem } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { deleteWait, postponeWait, readWaits, type Wait, writeWait } from '../../shared/store/waits.ts';
import { observation, second, WRITER } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
let bookId: string;
beforeEach(async () => {
  table = await createTable();
  bookId = randomUUID();
});

const backoff = { minSeconds: 300, maxSeconds: 1000 };
const write = (n: number, more: Partial<Wait> = {}) => {
  const wait: Wait = {
    bookId,
    account: 'default',
    channel: 'book-analytics',
    eventName: 'book.analytics_v2.generated',
    ids: { bookUuid: bookId },
    subject: bookId,
    ...more,
  };
  return writeWait(table, wait, backoff, new Date(second(n)));
};
const book = () => table.get({ bookId, item: BOOK_ITEM });

test('each wait for the same thing is twice as long, up to the longest', async () => {
  const untils: string[] = [];
  for (const n of [0, 1000, 2000, 3000]) {
    await write(n);
    untils.push(...(await readWaits(table, bookId)).map(({ waitUntil }) => waitUntil));
  }
  expect(untils).toEqual([second(300), second(1600), second(3000), second(4000)]);
});

test('a wait remembers since when, how often, and the jobs that are under way', async () => {
  expect(await write(0, { jobs: { summary: 'job-1' } })).toBe(1);
  expect(await write(400, { jobs: { summary: 'job-2' } })).toBe(2);
  expect(await readWaits(table, bookId)).toEqual([
    expect.objectContaining({
      item: waitItem('book-analytics', bookId),
      since: second(0),
      attempts: 2,
      jobs: { summary: 'job-2' },
      eventName: 'book.analytics_v2.generated',
      ids: { bookUuid: bookId },
    }),
  ]);
});

test('jobs that are over are forgotten', async () => {
  await write(0, { jobs: { summary: 'job-1' } });
  await write(400);
  expect((await readWaits(table, bookId))[0]).not.toHaveProperty('jobs');
});

test('different subjects of a book are waited for on their own', async () => {
  await write(0);
  expect(await write(0, { subject: 'a-document' })).toBe(1);
  expect(await readWaits(table, bookId)).toHaveLength(2);
});

test('the book becomes due by then, earlier than it was', async () => {
  await writeBook(table, observation(bookId, 0, 'VERIFIED'), { ...WRITER, dueAt: second(9000) });
  await write(0);
  expect(await book()).toMatchObject({ waiting: true, dueAt: second(300), status: 'VERIFIED' });
});

test('an earlier appointment stays', async () => {
  await writeBook(table, observation(bookId, 0, 'VERIFIED'), { ...WRITER, dueAt: second(100) });
  await write(0);
  expect(await book()).toMatchObject({ waiting: true, dueAt: second(100) });
});

test('a book that nobody has observed yet can be waited for', async () => {
  await write(0);
  expect(await book()).toMatchObject({
    bookUuid: bookId,
    account: 'default',
    generation: 1,
    dueAt: second(300),
  });
});

test('postponed by the poller, unless the consumer has waited on in the meantime', async () => {
  await write(0);
  const [seen] = await readWaits(table, bookId);
  if (seen === undefined) throw new Error('no wait');
  await postponeWait(table, seen, second(2000));
  expect((await readWaits(table, bookId))[0]).toMatchObject({ waitUntil: second(2000) });

  await write(3000);
  await postponeWait(table, seen, second(9000));
  expect((await readWaits(table, bookId))[0]).toMatchObject({ waitUntil: second(3600) });
});

test('what has come is not waited for any more', async () => {
  await write(0);
  await deleteWait(table, bookId, waitItem('book-analytics', bookId));
  expect(await readWaits(table, bookId)).toEqual([]);
});
