import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { type Book, newBook, readBook, updateBook } from '../../shared/store/books.ts';
import { BOOK_ITEM, eventItem } from '../../shared/store/keys.ts';
import { relocate } from '../../shared/store/relocate.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { wanted } from './testing/entries.ts';
import { observation, second, WRITER, writeBook } from './testing/observations.ts';
import { again, Crash, collect, stepwise } from './testing/stepwise.ts';
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

test('an entry that is opened under the pk in the meantime keeps the book there, due, until it is moved', async () => {
  await putBook({ income: wanted() });
  const racing: Table = {
    ...table,
    async delete(key, condition) {
      if (key.item === BOOK_ITEM) await putBook({ income: wanted(), 'business#late': wanted() });
      return table.delete(key, condition);
    },
  };
  await move(racing);
  expect((await readBook(table, from))?.dueAt).toBeDefined();
  await move();
  expect(Object.keys((await readBook(table, bookUuid))?.entries ?? {}).sort()).toEqual([
    'business#late',
    'income',
  ]);
  expect(await partition(from)).toEqual([]);
});

test('a book of the pk that was moved by another, and made again by an event, is not removed as the one before', async () => {
  await putBook({ income: wanted() });
  let isFirst = true;
  const racing: Table = {
    ...table,
    async delete(key, condition) {
      if (isFirst && key.item === BOOK_ITEM) {
        isFirst = false;
        await move();
        await putBook({ 'business#late': wanted() });
      }
      return table.delete(key, condition);
    },
  };
  await move(racing);
  await move();
  const { entries = {} } = (await readBook(table, bookUuid)) ?? {};
  expect(Object.keys(entries).sort()).toEqual(['business#late', 'income']);
  expect(await partition(from)).toEqual([]);
});

test('a crash between any two writes loses nothing, and the book of the pk stays due until all is moved', async () => {
  for (let crashAt = 0; crashAt < 20; crashAt += 1) {
    bookUuid = randomUUID();
    from = `pk-crash-${crashAt}`;
    await putBook({ income: wanted(), 'business#x': wanted() });
    await putEvent(from, 'd-1', 'retrying', ['network']);
    await putEvent(from, 'd-2', 'applied');
    await writeBook(table, observation(bookUuid, 1, 'VERIFIED'));
    let step = 0;
    const dies =
      <Args extends unknown[], T>(write: (...args: Args) => Promise<T>) =>
      async (...args: Args) => {
        step += 1;
        if (step - 1 === crashAt) throw new Crash();
        return write(...args);
      };
    const on: Table = {
      ...table,
      put: dies(table.put),
      delete: dies(table.delete),
      update: dies(table.update),
    };
    const isDone = await move(on).then(
      () => true,
      () => false,
    );
    const left = await partition(from);
    if (left.length > 0) expect(left.find(({ item }) => item === BOOK_ITEM)?.dueAt).toBeDefined();
    else expect(isDone).toBe(true);
    await move();
    expect(await partition(from)).toEqual([]);
    expect(await namesOf(bookUuid)).toHaveLength(3);
    expect(Object.keys((await readBook(table, bookUuid))?.entries ?? {}).sort()).toEqual([
      'business#x',
      'income',
    ]);
    if (isDone) return;
  }
  throw new Error('it never came through');
});

test('however movers, and events that still name the pk, come between each other, every entry arrives', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 1, max: 3 }),
      fc.infiniteStream(fc.nat(9)),
      async (scheduler, events, chance) => {
        run += 1;
        from = `pk-run-${run}`;
        bookUuid = randomUUID();
        const source = from;
        let crashesLeft = 4;
        const crash = () => crashesLeft > 0 && chance.next().value === 0 && crashesLeft-- > 0;
        const on = stepwise(table, scheduler, crash);
        await putBook({ 'business#first': wanted() });
        const open = (n: number) =>
          updateBook(on, source, (book) => {
            const base = book ?? newBook(source, { bookPk: '7' }, writer());
            const name = `business#${n}`;
            return base.entries[name] === undefined
              ? { ...base, entries: { ...base.entries, [name]: wanted() } }
              : base;
          });
        const work = [
          ...Array.from({ length: events }, (_, n) => again(() => open(n))),
          ...Array.from({ length: 2 }, () => again(() => relocate(on, source, bookUuid, WRITER))),
        ];
        await scheduler.waitFor(Promise.all(work));
        // The poller finds the book of the pk due, as long as it is there.
        const left = await readBook(table, source);
        if (left !== undefined) expect(left.dueAt).toBeDefined();
        await relocate(table, source, bookUuid, WRITER);
        expect(await partition(source)).toEqual([]);
        const arrived = Object.keys((await readBook(table, bookUuid))?.entries ?? {});
        const opened = Array.from({ length: events }, (_, n) => `business#${n}`);
        expect(arrived.sort()).toEqual([...opened, 'business#first'].sort());
      },
    ),
    { numRuns: 60 },
  );
});
