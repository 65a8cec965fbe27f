import { expect, it } from 'vitest';
import { DUE_SHARDS, dueShard } from '../../shared/store/keys.ts';
import type { Item, Key } from '../../shared/store/table.ts';
import { createPollerHarness } from '../functions/poller/testing/harness.ts';
import { memoryTable } from '../shared/store/testing/memory-table.ts';
import { second } from '../shared/store/testing/observations.ts';

/**
 * One in a hundred is due, as of a million books 10,000 would be. What is read does not depend on the others, so a hundred
 * times as many of them would cost nothing more either.
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

it('a run reads one row of the index for each due book, however many are known, and writes nothing', async () => {
  const counts: unknown[] = [];
  for (const known of [KNOWN / 10, KNOWN]) {
    const table = await memoryTable();
    for (const book of books(known)) await table.put(book);
    const harness = createPollerHarness(table);
    const before = { ...table.requests };
    expect(await harness.run()).toMatchObject({ polled: DUE, isBehind: false });
    const { items, reads, writes } = table.requests;
    expect(items - before.items).toBe(DUE);
    // A page of each shard has all of its rows here; one shard more has the forgotten books.
    expect(reads - before.reads).toBeLessThanOrEqual(2 * DUE_SHARDS.length + 1);
    expect(writes).toBe(before.writes);
    expect(harness.ocrolus.asked).toEqual([]);
    counts.push([items - before.items, reads - before.reads]);
  }
  expect(counts[1]).toEqual(counts[0]);
});
