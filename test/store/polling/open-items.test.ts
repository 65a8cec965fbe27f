import { beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../../shared/checklist/entry.ts';
import { afterAnswer } from '../../../shared/checklist/transitions.ts';
import { readDue } from '../../../shared/store/polling/due.ts';
import {
  deleteOpenItem,
  postponeOpenItem,
  readOpenItem,
  updateOpenItem,
} from '../../../shared/store/polling/open-items.ts';
import type { Table } from '../../../shared/store/table.ts';
import { loseAnswers } from '../testing/lost-answers.ts';
import { second, TIMES } from '../testing/observations.ts';
import { collect } from '../testing/stepwise.ts';
import { useTables } from '../testing/table.ts';

const createTable = useTables();
let table: Table;
beforeEach(async () => {
  table = await createTable();
});

const OF = { account: 'default', kind: 'signals', subject: 'd', ids: { uploadedDocUuid: 'd' } } as const;
const ITEM = 'OPEN#signals#d';
const entry = (more: Partial<Entry> = {}): Entry => ({
  state: 'pending',
  version: 1,
  since: second(0),
  attempts: 1,
  nextAt: second(300),
  code: 'no-book-id',
  ...more,
});
const write = (merge: (before: Entry | undefined) => Entry, on = table) => updateOpenItem(on, OF, merge);
const stored = () => readOpenItem(table, ITEM);
const dueBy = async (n: number) => (await collect(readDue(table, second(n)))).map(({ item }) => item);

test('a result whose book is not known has a schedule of its own', async () => {
  await write(() => entry());
  expect(await stored()).toMatchObject({
    bookId: 'account',
    item: ITEM,
    ...OF,
    entry: entry(),
    revision: 1,
    dueAt: second(300),
  });
  expect(await dueBy(299)).toEqual([]);
  expect(await dueBy(300)).toEqual([ITEM]);
});

test('the schedule follows the entry', async () => {
  await write(() => entry());
  await write((before) => ({ ...entry(before), nextAt: second(900), attempts: 2 }));
  expect(await stored()).toMatchObject({ dueAt: second(900), entry: { attempts: 2 }, revision: 2 });
});

test('what is no longer requested is no longer due', async () => {
  await write(() => entry());
  await write(() => entry({ state: 'expired', nextAt: undefined }));
  expect(await stored()).toMatchObject({ entry: { state: 'expired' } });
  expect(await dueBy(1_000_000_000)).toEqual([]);
});

test('what expires after a year of "not yet" is no longer due', async () => {
  const later = Date.parse(second(0)) + TIMES.year + 1000;
  const answer = {
    class: 'not-yet',
    code: '1404',
    askedAt: new Date(later).toISOString(),
    covers: undefined,
  } as const;
  await write(() => entry());
  await write((before) => afterAnswer(before, 1, answer, { now: later, times: TIMES }));
  expect(await stored()).toMatchObject({ entry: { state: 'expired' } });
  expect(await dueBy(1_000_000_000)).toEqual([]);
});

test('an entry that stays as it is costs no write', async () => {
  await write(() => entry());
  const readOnly: Table = { ...table, put: () => Promise.reject(new Error('a write')) };
  await write((before) => before ?? entry(), readOnly);
});

test('it is written once, where the answers to the writes are lost', async () => {
  await write((before) => before ?? entry(), loseAnswers(table));
  expect(await stored()).toMatchObject({ revision: 1 });
});

describe('after it has been sent', () => {
  test('it is polled later', async () => {
    await write(() => entry());
    const open = await stored();
    if (open === undefined) throw new Error('not stored');
    await postponeOpenItem(table, open, second(1000));
    expect(await stored()).toMatchObject({ dueAt: second(1000), entry: entry() });
  });

  test('what a consumer has scheduled in the meantime stays', async () => {
    await write(() => entry());
    const open = await stored();
    if (open === undefined) throw new Error('not stored');
    await write(() => entry({ nextAt: second(600) }));
    await postponeOpenItem(table, open, second(1000));
    expect(await stored()).toMatchObject({ dueAt: second(600) });
  });

  test('it is not written again if it was removed or finished in the meantime', async () => {
    await write(() => entry());
    const open = await stored();
    if (open === undefined) throw new Error('not stored');
    await write(() => entry({ state: 'expired', nextAt: undefined }));
    await postponeOpenItem(table, open, second(1000));
    expect(await stored()).not.toHaveProperty('dueAt');
    await deleteOpenItem(table, 'signals', 'd');
    await postponeOpenItem(table, open, second(1000));
    expect(await stored()).toBeUndefined();
  });
});

test('once the book is known, its own checklist has the result', async () => {
  await write(() => entry());
  await deleteOpenItem(table, 'signals', 'other');
  expect(await stored()).toBeDefined();
  await deleteOpenItem(table, 'signals', 'd');
  expect(await stored()).toBeUndefined();
  await deleteOpenItem(table, 'signals', 'd');
});
