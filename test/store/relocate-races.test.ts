import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newBook, readBook, updateBook } from '../../shared/store/books.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { relocate } from '../../shared/store/relocate.ts';
import type { Table } from '../../shared/store/table.ts';
import { wanted } from './testing/entries.ts';
import { observation, WRITER, writeBook } from './testing/observations.ts';
import { useRelocation } from './testing/relocation.ts';
import { again, Crash, stepwise } from './testing/stepwise.ts';

const given = useRelocation();
const { ids, writer, putEvent, putBook, partition, namesOf, move } = given;

test('an entry that is opened under the pk in the meantime keeps the book there, due, until it is moved', async () => {
  await putBook({ income: wanted() });
  const racing: Table = {
    ...given.table,
    async delete(key, condition) {
      if (key.item === BOOK_ITEM) await putBook({ income: wanted(), 'business#late': wanted() });
      return given.table.delete(key, condition);
    },
  };
  await move(racing);
  expect((await readBook(given.table, ids.from))?.dueAt).toBeDefined();
  await move();
  expect(Object.keys((await readBook(given.table, ids.bookUuid))?.entries ?? {}).sort()).toEqual([
    'business#late',
    'income',
  ]);
  expect(await partition(ids.from)).toEqual([]);
});

test('a book of the pk that was moved by another, and made again by an event, is not removed as the one before', async () => {
  await putBook({ income: wanted() });
  let isFirst = true;
  const racing: Table = {
    ...given.table,
    async delete(key, condition) {
      if (isFirst && key.item === BOOK_ITEM) {
        isFirst = false;
        await move();
        await putBook({ 'business#late': wanted() });
      }
      return given.table.delete(key, condition);
    },
  };
  await move(racing);
  await move();
  const { entries = {} } = (await readBook(given.table, ids.bookUuid)) ?? {};
  expect(Object.keys(entries).sort()).toEqual(['business#late', 'income']);
  expect(await partition(ids.from)).toEqual([]);
});

test('a crash between any two writes loses nothing, and the book of the pk stays due until all is moved', async () => {
  for (let crashAt = 0; crashAt < 20; crashAt += 1) {
    ids.bookUuid = randomUUID();
    ids.from = `pk-crash-${crashAt}`;
    await putBook({ income: wanted(), 'business#x': wanted() });
    await putEvent(ids.from, 'd-1', 'retrying', ['network']);
    await putEvent(ids.from, 'd-2', 'applied');
    await writeBook(given.table, observation(ids.bookUuid, 1, 'VERIFIED'));
    let step = 0;
    const dies =
      <Args extends unknown[], T>(write: (...args: Args) => Promise<T>) =>
      async (...args: Args) => {
        step += 1;
        if (step - 1 === crashAt) throw new Crash();
        return write(...args);
      };
    const on: Table = {
      ...given.table,
      put: dies(given.table.put),
      delete: dies(given.table.delete),
      update: dies(given.table.update),
    };
    const isDone = await move(on).then(
      () => true,
      () => false,
    );
    const left = await partition(ids.from);
    if (left.length > 0) expect(left.find(({ item }) => item === BOOK_ITEM)?.dueAt).toBeDefined();
    else expect(isDone).toBe(true);
    await move();
    expect(await partition(ids.from)).toEqual([]);
    expect(await namesOf(ids.bookUuid)).toHaveLength(3);
    expect(Object.keys((await readBook(given.table, ids.bookUuid))?.entries ?? {}).sort()).toEqual([
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
        ids.from = `pk-run-${run}`;
        ids.bookUuid = randomUUID();
        const source = ids.from;
        let crashesLeft = 4;
        const crash = () => crashesLeft > 0 && chance.next().value === 0 && crashesLeft-- > 0;
        const on = stepwise(given.table, scheduler, crash);
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
          ...Array.from({ length: 2 }, () => again(() => relocate(on, source, ids.bookUuid, WRITER))),
        ];
        await scheduler.waitFor(Promise.all(work));
        // The poller finds the book of the pk due, as long as it is there.
        const left = await readBook(given.table, source);
        if (left !== undefined) expect(left.dueAt).toBeDefined();
        await relocate(given.table, source, ids.bookUuid, WRITER);
        expect(await partition(source)).toEqual([]);
        const arrived = Object.keys((await readBook(given.table, ids.bookUuid))?.entries ?? {});
        const opened = Array.from({ length: events }, (_, n) => `business#${n}`);
        expect(arrived.sort()).toEqual([...opened, 'business#first'].sort());
      },
    ),
    { numRuns: 60 },
  );
});
