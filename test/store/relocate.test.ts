import { describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/checklist/entry.ts';
import { readBook, updateBook } from '../../shared/store/books.ts';
import { BOOK_ITEM, eventItem } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { wanted } from './testing/entries.ts';
import { observation, second, writeAll, writeBook } from './testing/observations.ts';
import { useRelocation } from './testing/relocation.ts';

const given = useRelocation();
const { ids, putEvent, putBook, partition, namesOf, move } = given;

test('what was stored under the pk moves to the uuid, and nothing is left behind', async () => {
  await putBook();
  await putEvent(ids.from, 'd-1', 'waiting');
  await putEvent(ids.from, 'd-2', 'refused');
  await writeAll(given.table, [observation(ids.bookUuid, 1, 'VERIFYING')]);

  expect(await move()).toBe(3);
  expect(await partition(ids.from)).toEqual([]);
  expect(await namesOf(ids.bookUuid)).toEqual([
    BOOK_ITEM,
    eventItem(second(1), 'd-1'),
    eventItem(second(1), 'd-2'),
  ]);
});

test('a second time there is nothing to move', async () => {
  await putBook({ income: wanted() });
  await putEvent(ids.from, 'd-1', 'waiting');
  expect(await move()).toBe(2);
  const before = await partition(ids.bookUuid);
  expect(await move()).toBe(0);
  expect(await partition(ids.bookUuid)).toEqual(before);
});

describe('the ledger', () => {
  const event = () => given.table.get({ bookId: ids.bookUuid, item: eventItem(second(1), 'd-1') });

  test.each([
    ['applied', 'waiting', 'applied'],
    ['applied', 'retrying', 'applied'],
    ['retrying', 'applied', 'applied'],
    ['retrying', 'retrying', 'retrying'],
  ])('%s under the uuid and %s under the pk: %s', async (there, here, outcome) => {
    await putEvent(ids.bookUuid, 'd-1', there, ['of the uuid']);
    await putEvent(ids.from, 'd-1', here, ['of the pk']);
    await move();
    expect(await event()).toMatchObject({ outcome });
    expect(await partition(ids.from)).toEqual([]);
  });

  test('what is written there in the meantime is not lost: it is moved the next time', async () => {
    await putBook();
    await putEvent(ids.from, 'd-1', 'retrying', ['network']);
    let isFirst = true;
    const racing: Table = {
      ...given.table,
      async delete(key, condition) {
        if (isFirst)
          await given.table.put({
            ...(await given.table.get(key)),
            ...key,
            outcome: 'applied',
            processedAt: second(9),
          });
        isFirst = false;
        return given.table.delete(key, condition);
      },
    };
    await move(racing);
    expect(await namesOf(ids.from)).toContain(BOOK_ITEM);
    await move();
    expect(await event()).toMatchObject({ outcome: 'applied' });
    expect(await partition(ids.from)).toEqual([]);
  });
});

describe('the book of the uuid', () => {
  test('stays as it was observed', async () => {
    await putBook();
    await writeBook(given.table, observation(ids.bookUuid, 1, 'VERIFIED'));
    const before = await readBook(given.table, ids.bookUuid);
    await move();
    expect(await readBook(given.table, ids.bookUuid)).toEqual(before);
  });

  test('is made where there is none yet, due, so that it is polled', async () => {
    await putBook();
    await move();
    expect(await partition(ids.from)).toEqual([]);
    expect(await readBook(given.table, ids.bookUuid)).toMatchObject({
      bookUuid: ids.bookUuid,
      generation: 1,
      dueAt: expect.any(String),
    });
    expect(await readBook(given.table, ids.bookUuid)).not.toHaveProperty('status');
  });

  test('has the entries of the pk, in its own generation, and is due by then and not complete', async () => {
    await putBook({ income: wanted(), 'business#x': wanted({ state: 'pending', code: '1404' }) });
    await writeAll(given.table, [
      observation(ids.bookUuid, 1, 'VERIFIED'),
      observation(ids.bookUuid, 2, 'VERIFYING'),
      observation(ids.bookUuid, 3, 'VERIFIED'),
    ]);
    await updateBook(
      given.table,
      ids.bookUuid,
      (book) => book && { ...book, complete: true, completeAt: second(4), dueAt: second(9000) },
    );
    await move();
    const book = await readBook(given.table, ids.bookUuid);
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
    await writeBook(given.table, observation(ids.bookUuid, 1, 'VERIFIED'));
    await updateBook(given.table, ids.bookUuid, (book) => book && { ...book, entries: { income: own } });
    await putBook({ income: wanted() });
    const before = await readBook(given.table, ids.bookUuid);
    await move();
    const after = await readBook(given.table, ids.bookUuid);
    expect(after?.entries.income).toEqual(isAdopted ? wanted() : before?.entries.income);
    expect(await partition(ids.from)).toEqual([]);
  });
});
