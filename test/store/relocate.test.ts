import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { BOOK_ITEM, eventItem, waitItem } from '../../shared/store/keys.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import { relocate } from '../../shared/store/relocate.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { readWaits, writeWait } from '../../shared/store/waits.ts';
import { observation, second, WRITER, writeAll } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
let bookUuid: string;
beforeEach(async () => {
  table = await createTable();
  bookUuid = randomUUID();
});

const FROM = 'pk-77';
const always = { expression: 'attribute_not_exists(nothing)' };
const putEvent = (bookId: string, deliveryId: string, outcome: string) =>
  table.put({ bookId, item: eventItem(second(1), deliveryId), deliveryId, outcome }, always);

async function partition(bookId: string): Promise<Item[]> {
  const items: Item[] = [];
  const query = table.query({
    KeyConditionExpression: 'bookId = :book',
    ExpressionAttributeValues: { ':book': bookId },
  });
  for await (const item of query) items.push(item);
  return items;
}

test('what was stored under the pk moves to the uuid, and nothing is left behind', async () => {
  await ensureBook(table, { bookId: FROM, bookPk: '77' }, WRITER);
  await putEvent(FROM, 'd-1', 'waiting');
  await putEvent(FROM, 'd-2', 'refused');
  await writeAll(table, [{ ...observation(bookUuid, 1, 'VERIFYING'), bookPk: '77' }]);

  expect(await relocate(table, FROM, bookUuid)).toBe(3);
  expect(await partition(FROM)).toEqual([]);
  expect((await partition(bookUuid)).map(({ item }) => item)).toEqual([
    BOOK_ITEM,
    eventItem(second(1), 'd-1'),
    eventItem(second(1), 'd-2'),
  ]);
});

test('what is there already stays, the book above all', async () => {
  await ensureBook(table, { bookId: FROM, bookPk: '77' }, WRITER);
  await putEvent(FROM, 'd-1', 'waiting');
  await putEvent(bookUuid, 'd-1', 'applied');
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  const before = await partition(bookUuid);

  await relocate(table, FROM, bookUuid);
  expect(await partition(bookUuid)).toEqual(before);
});

test('what an event said of the book while only its pk was known is not taken for the book', async () => {
  await ensureBook(table, { bookId: FROM, bookPk: '77' }, WRITER);
  await relocate(table, FROM, bookUuid);
  expect(await partition(FROM)).toEqual([]);
  expect(await partition(bookUuid)).toEqual([]);
});

test('a second time there is nothing to move', async () => {
  await putEvent(FROM, 'd-1', 'waiting');
  expect(await relocate(table, FROM, bookUuid)).toBe(1);
  expect(await relocate(table, FROM, bookUuid)).toBe(0);
});

test('what the book waits for moves along, and the poller is told that there is something', async () => {
  const wait = {
    bookId: FROM,
    account: 'default',
    channel: 'book-detect',
    eventName: 'book.detect.signal_found',
    ids: { bookPk: '77' },
    subject: FROM,
  } as const;
  await writeWait(table, wait, { minSeconds: 300, maxSeconds: 900 }, new Date(second(0)));
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);

  await relocate(table, FROM, bookUuid);
  expect(await readWaits(table, bookUuid)).toEqual([
    expect.objectContaining({
      bookId: bookUuid,
      item: waitItem('book-detect', FROM),
      waitUntil: second(300),
    }),
  ]);
  expect(await table.get({ bookId: bookUuid, item: BOOK_ITEM })).toMatchObject({ waiting: true });
});
