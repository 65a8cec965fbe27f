import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RecordType, readRecord, replaceRecord, updateRecord } from '../../../shared/store/records.ts';
import type { Table } from '../../../shared/store/table.ts';
import { memoryTable } from './testing/memory-table.ts';
import { again, loseAnswers, stepwise } from './testing/stepwise.ts';
import { useTables } from './testing/table.ts';

interface Counts {
  readonly revision: number;
  readonly by: Readonly<Record<string, number>>;
}

const COUNTS: RecordType<Counts> = {
  parse(item) {
    if (item.isDamaged === true) throw new TypeError('damaged');
    return { revision: Number(item.revision), by: (item.by ?? {}) as Counts['by'] };
  },
  serialize: (counts) => ({ ...counts }),
};

const createTable = useTables();
let table: Table;
let key: { bookId: string; item: string };
let n = 0;
beforeEach(async () => {
  table ??= await createTable();
  n += 1;
  key = { bookId: 'b', item: `COUNTS#${n}` };
});

/** Sets what one writer has counted: to the same effect a second time. */
const set =
  (who: string, value: number) =>
  (current: Counts | undefined): Counts => ({
    revision: current?.revision ?? 0,
    by: { ...current?.by, [who]: value },
  });
const recordNow = () => ({ key, type: COUNTS });
const update = (
  merge: (current: Counts | undefined) => Counts | undefined,
  on = table,
  known?: Counts | null,
) => updateRecord(on, recordNow(), merge, known);
const stored = () => readRecord(table, recordNow());

describe('an update', () => {
  it('makes the item, and counts its writes', async () => {
    expect(await update(set('a', 1))).toEqual({ revision: 1, by: { a: 1 } });
    expect(await update(set('b', 2))).toEqual({ revision: 2, by: { a: 1, b: 2 } });
    expect(await stored()).toEqual({ revision: 2, by: { a: 1, b: 2 } });
  });

  it('that changes nothing writes nothing', async () => {
    await update(set('a', 1));
    const before = await stored();
    const readOnly: Table = { ...table, put: () => Promise.reject(new Error('a write')) };
    expect(await update((current) => current, readOnly)).toEqual(before);
    expect(await update((current) => (current === undefined ? current : { ...current }), readOnly)).toEqual(
      before,
    );
    expect(await update(() => undefined, readOnly)).toEqual(before);
  });

  it('of what is not there, and is not to be made, makes nothing', async () => {
    expect(await update(() => undefined)).toBeUndefined();
    expect(await stored()).toBeUndefined();
  });

  it('trusts what was read before, where it is still so, and reads nothing', async () => {
    const first = await update(set('a', 1));
    const blind: Table = { ...table, get: () => Promise.reject(new Error('a read')) };
    expect(await update(set('b', 2), blind, first)).toEqual({ revision: 2, by: { a: 1, b: 2 } });
  });

  it('merges again into what another has written since', async () => {
    const first = await update(set('a', 1));
    await update(set('b', 2));
    expect(await update(set('c', 3), table, first)).toEqual({ revision: 3, by: { a: 1, b: 2, c: 3 } });
  });

  it('finds what another has made in the meantime, and what another has removed', async () => {
    await update(set('a', 1));
    expect(await update(set('b', 2), table, null)).toEqual({ revision: 2, by: { a: 1, b: 2 } });
    const second = await stored();
    await table.delete(key);
    expect(await update(set('c', 3), table, second)).toEqual({ revision: 1, by: { c: 3 } });
  });

  it('is applied once, where the answers to its writes are lost', async () => {
    const lossy = loseAnswers(table);
    expect(await update(set('a', 1), lossy)).toEqual({ revision: 1, by: { a: 1 } });
    expect(await update(set('b', 2), lossy)).toEqual({ revision: 2, by: { a: 1, b: 2 } });
  });

  it('that always comes second is a retry, not a bug', async () => {
    await update(set('a', 0));
    let others = 0;
    const contended: Table = {
      ...table,
      async put(item, condition) {
        others += 1;
        await update(set('other', others));
        return table.put(item, condition);
      },
    };
    await expect(update(set('a', 1), contended)).rejects.toMatchObject({ class: 'retry', code: 'conflict' });
    expect((await stored())?.by).toMatchObject({ a: 0 });
  });
});

describe('a replacement', () => {
  const next = { revision: 0, by: { x: 1 } };

  it('is done only on what was read', async () => {
    const first = await update(set('a', 1));
    const second = await update(set('b', 2));
    expect(await replaceRecord(table, recordNow(), first, next)).toEqual({
      replaced: false,
      existing: second,
    });
    expect(await replaceRecord(table, recordNow(), second, next)).toEqual({
      replaced: true,
      record: { revision: 3, by: { x: 1 } },
    });
    expect(await stored()).toEqual({ revision: 3, by: { x: 1 } });
  });

  it('makes an item only where there is none', async () => {
    expect(await replaceRecord(table, recordNow(), undefined, next)).toMatchObject({ replaced: true });
    expect(await replaceRecord(table, recordNow(), undefined, next)).toMatchObject({
      replaced: false,
      existing: { revision: 1 },
    });
  });

  it('does not make again what was removed', async () => {
    const first = await update(set('a', 1));
    await table.delete(key);
    expect(await replaceRecord(table, recordNow(), first, next)).toEqual({
      replaced: false,
      existing: undefined,
    });
    expect(await stored()).toBeUndefined();
  });
});

it('an item without a revision is replaced, but not one that another writer has made since', async () => {
  const { revision: _, ...unrevised } = COUNTS.parse({ by: { a: 1 } });
  const next = { ...unrevised, revision: 0 };
  await table.put({ ...key, ...unrevised });
  expect(await replaceRecord(table, recordNow(), unrevised as Counts, next)).toMatchObject({
    replaced: true,
  });
  expect(await replaceRecord(table, recordNow(), unrevised as Counts, next)).toMatchObject({
    replaced: false,
  });
});

describe('an item that cannot be read', () => {
  const unreadable = { class: 'retry', code: 'unreadable-item' };
  beforeEach(async () => {
    await table.put({ ...key, revision: 1, isDamaged: true });
  });

  it('is neither read nor replaced', async () => {
    await expect(stored()).rejects.toMatchObject(unreadable);
    await expect(update(set('a', 1))).rejects.toMatchObject(unreadable);
    expect(await table.get(key)).toMatchObject({ revision: 1, isDamaged: true });
  });

  it('is found by the writer that has read an earlier one', async () => {
    await expect(update(set('a', 1), table, { revision: 7, by: {} })).rejects.toMatchObject(unreadable);
    await expect(update(set('a', 1), table, null)).rejects.toMatchObject(unreadable);
  });
});

it('whatever the order, the crashes and the lost answers of concurrent writers, nothing of any of them is lost', async () => {
  const inMemory = await memoryTable();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 5 }),
      fc.infiniteStream(fc.nat(9)),
      fc.integer({ min: 2, max: 5 }),
      async (scheduler, writers, chance, every) => {
        run += 1;
        key = { bookId: 'b', item: `RUN#${run}` };
        let crashesLeft = 6;
        const crash = () => crashesLeft > 0 && chance.next().value === 0 && crashesLeft-- > 0;
        const on = loseAnswers(stepwise(inMemory, scheduler, crash), every);
        const all = writers.map(async (values, who) => {
          // The writes of one writer are in order.
          for (const value of values) await again(() => update(set(String(who), value), on));
        });
        await scheduler.waitFor(Promise.all(all));
        expect((await readRecord(inMemory, recordNow()))?.by).toEqual(
          Object.fromEntries(writers.map((values, who) => [String(who), values.at(-1)])),
        );
      },
    ),
    { numRuns: 100 },
  );
});
