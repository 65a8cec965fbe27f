import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { readDueBooks } from '../../shared/store/due.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { writeStrand } from '../../shared/store/strands.ts';
import type { Table } from '../../shared/store/table.ts';
import { observation, second, WRITER, writeAll } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
let bookUuid: string;
beforeEach(async () => {
  table = await createTable();
  bookUuid = randomUUID();
});

const stored = () => table.get({ bookId: bookUuid, item: BOOK_ITEM });
const say = (state: string, n: number) =>
  writeStrand(table, bookUuid, 'analytics', { state, at: second(n) }, 1, { ...WRITER, now: second(n) });

test('a newer statement replaces an older one, and never the other way round', async () => {
  expect(await say('refused', 2)).toBe('applied');
  expect(await say('available', 3)).toBe('applied');
  expect(await say('refused', 1)).toBe('stale');
  expect(await stored()).toMatchObject({ analytics: { state: 'available', at: second(3) } });
});

test('a refusal takes nothing back that is there, and is heard all the same', async () => {
  await say('available', 2);
  expect(await say('refused', 3)).toBe('applied');
  expect(await stored()).toMatchObject({ analytics: { state: 'available', at: second(3) } });
});

test('a statement made twice is written twice, to the same effect', async () => {
  await say('available', 3);
  const before = await stored();
  expect(await say('available', 3)).toBe('applied');
  expect(await stored()).toEqual(before);
});

test('the strands of a book do not touch one another, nor what was observed', async () => {
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  await say('available', 5);
  const older = { state: 'refused', at: second(2), reason: '9021' };
  expect(await writeStrand(table, bookUuid, 'income', older, 1, WRITER)).toBe('applied');
  expect(await stored()).toMatchObject({
    status: 'VERIFIED',
    observedAt: second(1),
    analytics: { state: 'available' },
    income: older,
  });
});

test('a book that nobody has observed yet is made so that the poller can ask for it', async () => {
  await say('available', 5);
  const due = [];
  for await (const book of readDueBooks(table, second(5))) due.push(book);
  expect(due).toEqual([
    expect.objectContaining({ bookUuid, account: 'default', generation: 1, createdAt: second(5) }),
  ]);
});
