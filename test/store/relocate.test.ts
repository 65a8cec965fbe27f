import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/checklist/entry.ts';
import { type Book, newBook, readBook, updateBook } from '../../shared/store/books.ts';
import { BOOK_ITEM, eventItem } from '../../shared/store/keys.ts';
import { relocate } from '../../shared/store/relocate.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { wanted } from './testing/entries.ts';
import { observation, second, WRITER, writeAll, writeBook } from './testing/observations.ts';
import { collect } from './testing/stepwise.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();

let table: Table;

let bookUuid: string;

let from: string;

let pks = 0;

beforeEach(async () => {
  table ??= await createTable();
  bookUuid = randomUUID();
  pks += 1;
  from = `pk-${pks}`;
});

const putEvent = (bookId: string, deliveryId: string, outcome: string, codes?: readonly string[]) =>
  table.put({
    bookId,
    item: eventItem(second(1), deliveryId),
    deliveryId,
    outcome,
    processedAt: second(2),
    ...(codes !== undefined && { codes }),
  });

/** Time passes between two books: the revision of a new one starts with it. */
let moment = WRITER.now;

const writer = () => {
  moment += 1000;
  return { ...WRITER, now: moment };
};

const putBook = (entries: Book['entries'] = {}, bookId = from) =>
  updateBook(table, bookId, (book) => ({
    ...(book ?? newBook(bookId, { bookPk: bookId.slice(3) }, writer())),
    entries,
  }));

const partition = (bookId: string): Promise<Item[]> => collect(table.query({ bookId }));

const namesOf = async (bookId: string) => (await partition(bookId)).map(({ item }) => item);

const move = (on: Table = table) => relocate(on, from, bookUuid, WRITER);

test('what was stored under the pk moves to the uuid, and nothing is left behind', async () => {
  await putBook();
  await putEvent(from, 'd-1', 'waiting');
  await putEvent(from, 'd-2', 'refused');
  await writeAll(table, [observation(bookUuid, 1, 'VERIFYING')]);

  expect(await move()).toBe(3);
  expect(await partition(from)).toEqual([]);
  expect(await namesOf(bookUuid)).toEqual([
    BOOK_ITEM,
    eventItem(second(1), 'd-1'),
    eventItem(second(1), 'd-2'),
  ]);
});

test('a second time there is nothing to move', async () => {
  await putBook({ income: wanted() });
  await putEvent(from, 'd-1', 'waiting');
  expect(await move()).toBe(2);
  const before = await partition(bookUuid);
  expect(await move()).toBe(0);
  expect(await partition(bookUuid)).toEqual(before);
});

describe('the ledger', () => {
  const event = () => table.get({ bookId: bookUuid, item: eventItem(second(1), 'd-1') });

  test.each([
    ['applied', 'waiting', 'applied'],
    ['applied', 'retrying', 'applied'],
    ['retrying', 'applied', 'applied'],
    ['retrying', 'retrying', 'retrying'],
  ])('%s under the uuid and %s under the pk: %s', async (there, here, outcome) => {
    await putEvent(bookUuid, 'd-1', there, ['of the uuid']);
    await putEvent(from, 'd-1', here, ['of the pk']);
    await move();
    expect(await event()).toMatchObject({ outcome });
    expect(await partition(from)).toEqual([]);
  });

  test('what is written there in the meantime is not lost: it is moved the next time', async () => {
    await putBook();
    await putEvent(from, 'd-1', 'retrying', ['network']);
    let isFirst = true;
    const racing: Table = {
      ...table,
      async delete(key, condition) {
        if (isFirst)
          await table.put({ ...(await table.get(key)), ...key, outcome: 'applied', processedAt: second(9) });
        isFirst = false;
        return table.delete(key, condition);
      },
    };
    await move(racing);
    expect(await namesOf(from)).toContain(BOOK_ITEM);
    await move();
    expect(await event()).toMatchObject({ outcome: 'applied' });
    expect(await partition(from)).toEqual([]);
  });
});

describe('the book of the uuid', () => {
  test('stays as it was observed', async () => {
    await putBook();
    await writeBook(table, observation(bookUuid, 1, 'VERIFIED'));
    const before = await readBook(table, bookUuid);
    await move();
    expect(await readBook(table, bookUuid)).toEqual(before);
  });

  test('is made where there is none yet, due, so that it is polled', async () => {
    await putBook();
    await move();
    expect(await partition(from)).toEqual([]);
    expect(await readBook(table, bookUuid)).toMatchObject({
      bookUuid,
      generation: 1,
      dueAt: expect.any(String),
    });
    expect(await readBook(table, bookUuid)).not.toHaveProperty('status');
  });

  test('has the entries of the pk, in its own generation, and is due by then and not complete', async () => {
    await putBook({ income: wanted(), 'business#x': wanted({ state: 'pending', code: '1404' }) });
    await writeAll(table, [
      observation(bookUuid, 1, 'VERIFIED'),
      observation(bookUuid, 2, 'VERIFYING'),
      observation(bookUuid, 3, 'VERIFIED'),
    ]);
    await updateBook(
      table,
      bookUuid,
      (book) => book && { ...book, complete: true, completeAt: second(4), dueAt: second(9000) },
    );
    await move();
    const book = await readBook(table, bookUuid);
    expect(book).toMatchObject({
      generation: 2,
      complete: false,
      dueAt: second(10),
      entries: {
        income: wanted({ version: 2 }),
        'business#x': wanted({ version: 2, state: 'pending', code: '1404' }),
      },
    });
    expect(book).not.toHaveProperty('completeAt');
  });

  test.each<[string, Entry, boolean]>([
    [
      'stored before the event',
      {
        ...wanted(),
        state: 'stored',
        openedAt: undefined,
        nextAt: undefined,
        at: second(5),
        since: second(5),
      },
      true,
    ],
    [
      'asked for with that very event in hand',
      {
        ...wanted(),
        state: 'stored',
        openedAt: undefined,
        nextAt: undefined,
        at: second(11),
        covers: second(10),
      },
      false,
    ],
    ['open for a later event', wanted({ openedAt: second(20), attempts: 3 }), false],
    ['open for the same event', wanted({ attempts: 3 }), false],
    ['open for an earlier event', wanted({ openedAt: second(5), attempts: 3 }), true],
    [
      'asked for before the event, with another in hand whose clock is fast',
      {
        ...wanted(),
        state: 'stored',
        openedAt: undefined,
        nextAt: undefined,
        at: second(5),
        covers: second(11),
      },
      true,
    ],
  ])('whose own entry is %s', async (_what, own, isAdopted) => {
    await writeBook(table, observation(bookUuid, 1, 'VERIFIED'));
    await updateBook(table, bookUuid, (book) => book && { ...book, entries: { income: own } });
    await putBook({ income: wanted() });
    const before = await readBook(table, bookUuid);
    await move();
    const after = await readBook(table, bookUuid);
    expect(after?.entries.income).toEqual(isAdopted ? wanted() : before?.entries.income);
    expect(await partition(from)).toEqual([]);
  });
});
