import { beforeEach, expect, it } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { DUE_SHARDS, dueShard } from '../../shared/store/keys.ts';
import type { Item, Key } from '../../shared/store/table.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { targetOf } from '../consumers/testing/ocrolus.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { type MemoryTable, memoryTable } from '../store/testing/memory-table.ts';
import { second } from '../store/testing/observations.ts';

/**
 * One in a hundred is due, as of a million books 10,000 would be. What is read does not depend on the others (see the first
 * test), so a hundred times as many of them would cost nothing more either.
 */
const KNOWN = 20_000;
const DUE = 200;

/** Active books of which one in so many is due. */
function books(known: number): (Item & Key)[] {
  return Array.from({ length: known }, (_, n) => {
    const isDue = n % (known / DUE) === 0;
    const bookUuid = `book-${n}`;
    return {
      bookId: bookUuid,
      item: 'BOOK',
      bookUuid,
      account: 'default',
      source: 'webhook',
      status: 'VERIFYING',
      generation: 1,
      revision: 1,
      observedAt: second(0),
      createdAt: second(0),
      updatedAt: second(0),
      dueShard: dueShard(bookUuid),
      dueAt: isDue ? second(n % 90) : second(86_400 + (n % 86_400)),
    };
  });
}

async function filled(known: number): Promise<{ table: MemoryTable; harness: PollerHarness }> {
  const table = await memoryTable();
  for (const book of books(known)) await table.put(book);
  // Filling it does not count.
  Object.assign(table.requests, { items: 0, reads: 0, writes: 0 });
  return { table, harness: createPollerHarness(table) };
}

it('a run reads one row of the index for each due book, however many are known, and writes nothing', async () => {
  const counts: unknown[] = [];
  for (const known of [KNOWN / 10, KNOWN]) {
    const { table, harness } = await filled(known);
    expect(await harness.run()).toMatchObject({ polled: DUE, isBehind: false });
    const { items, reads, writes } = table.requests;
    expect(items).toBe(DUE);
    // A page of each shard has all of its rows here; one shard more has the forgotten books.
    expect(reads).toBeLessThanOrEqual(2 * DUE_SHARDS.length + 1);
    expect(writes).toBe(0);
    expect(harness.ocrolus.asked).toEqual([]);
    counts.push({ items, reads, writes });
  }
  expect(counts[1]).toEqual(counts[0]);
});

let harness: PollerHarness;
let due: string[];
beforeEach(async () => {
  ({ harness } = await filled(2 * DUE));
  due = (await harness.due()).map(({ bookId }) => bookId).sort();
  for (const bookUuid of due)
    harness.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
});

/** The books that Ocrolus was asked about. */
const asked = () =>
  harness.ocrolus.asked.map(({ target }) =>
    due.find((bookUuid) => target === targetOf(calls.bookStatus({ bookUuid }))),
  );

it('two runs at the same time hand the books over twice, and each is looked at once', async () => {
  await Promise.all([harness.run(), harness.run()]);
  const sent = harness.sent.map(({ ids }) => ids.bookUuid);
  expect(sent.length).toBeGreaterThan(DUE);
  expect([...new Set(sent)].sort()).toEqual(due);
  await harness.process();
  expect(asked().sort()).toEqual(due);
  expect(await harness.due()).toEqual([]);
});

it('a run that has no time for all of them loses none: the next ones continue where it stopped', async () => {
  const polled: number[] = [];
  while ((await harness.due()).length > 0 && polled.length < 20) {
    polled.push((await harness.run(15_000)).polled);
    await harness.process();
  }
  expect(polled.length).toBeGreaterThan(3);
  expect(polled.reduce((sum, n) => sum + n, 0)).toBe(DUE);
  expect(asked().sort()).toEqual(due);
});
