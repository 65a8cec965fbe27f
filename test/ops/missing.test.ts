import { beforeEach, expect, it, test } from 'vitest';
import { missingCommand } from '../../infra/ops/commands/see/missing.ts';
import { BookItem } from '../../shared/store/items.ts';
import { BOOK_ITEM, dueShard } from '../../shared/store/keys.ts';
import { createReader } from '../../shared/store/reader.ts';
import type { DynamoTable } from '../../shared/store/table.ts';
import { countRequests } from '../scale/testing/requests.ts';
import { memoryBodies } from '../store/testing/bodies.ts';
import { second } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { fakeTarget, runOps } from './fake-target.ts';

const createTable = useTables();
let table: DynamoTable;
beforeEach(async () => {
  table = await createTable();
});

type Open = 'summary' | 'cash-flow';

/** A book that the poller looks at, which lacks some results since the n-th second. */
async function book(bookId: string, n: number, ...open: Open[]): Promise<void> {
  const item: BookItem = {
    ...{ bookId, item: BOOK_ITEM, account: 'default', status: 'VERIFIED', generation: 1, source: 'webhook' },
    ...{ createdAt: second(0), updatedAt: second(0), revision: 1, complete: open.length === 0, open },
    ...{ dueShard: dueShard(bookId), dueAt: second(9) },
  };
  const entry = {
    wanted: 5,
    answered: 0,
    tried: 5,
    tries: 2,
    since: second(n),
    nextAt: second(99),
    code: '1404',
  };
  const entries = Object.fromEntries(open.map((kind) => [`need#${kind}`, entry]));
  await table.put({ ...BookItem.parse(item), ...entries });
}

const run = async (flags: Record<string, string> = {}) => {
  const target = fakeTarget({ table: () => table, reader: createReader(table, memoryBodies()) });
  const output = await runOps(missingCommand, target, { flags });
  if ('stream' in output || !Array.isArray(output.document)) throw new Error('no list');
  return { text: output.text, found: output.document.map(({ bookId, kind }) => `${bookId} ${kind}`) };
};

test.each([
  [{}, ['a summary', 'b cash-flow', 'b summary']],
  [{ kind: 'summary' }, ['a summary', 'b summary']],
  [{ older: second(1) }, ['a summary']],
  [{ limit: '1' }, ['a summary']],
])('%j: oldest first, of every book', async (flags: Record<string, string>, expected) => {
  await book('b', 2, 'cash-flow', 'summary');
  await book('a', 1, 'summary');
  await book('complete', 1);
  expect((await run(flags)).found.sort()).toEqual(expected);
});

it('text counts by kind, and shows each entry with its state and code', async () => {
  await book('b', 2, 'summary');
  await book('a', 1, 'summary');
  const { text } = await run();
  expect(text).toContain(`summary  2        2      ${second(1)}`);
  expect(text).toMatch(new RegExp(`pending +2 +${second(99)} +1404`));
});

it('books without missing results cost one read for a hundred of them', async () => {
  for (let n = 0; n < 20; n += 1) await book(`complete-${n}`, 1);
  const requests = countRequests(table);
  expect((await run()).text).toBe('nothing is missing');
  // Four shards of the index, one batch.
  expect(requests.reads).toBe(5);
});

it('what version 0.1 left of a book of which only the pk was known is not missing: doctor lists it', async () => {
  await book('pk-7', 1, 'summary');
  expect((await run()).text).toBe('nothing is missing');
});
