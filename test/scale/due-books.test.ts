import { expect, it } from 'vitest';
import { poll } from '../../functions/poller/poll.ts';
import { RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { DUE_SHARDS, dueShard } from '../../shared/store/keys.ts';
import type { Item, Key, Table } from '../../shared/store/table.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { second } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';

/**
 * One in a hundred is due, as of a million books 10,000 would be. What is read does not depend on the others (see
 * the first test), so a hundred times as many of them would cost nothing more either.
 */
const KNOWN = 20_000;
const DUE = 200;
/** Polls at the same time (functions/poller/poll.ts). */
const AT_ONCE = 4;
/** Read once a minute, by the first polls of a run: the circuits of an account. Besides, the poller's own items. */
const OVERHEAD = AT_ONCE * (RESULT_KINDS.length + 1) + 5;

const createTable = useTables();

/** Books of which one in so many is due; Ocrolus knows their status. */
function knownBooks({ ocrolus }: PollerHarness, known: number): (Item & Key)[] {
  return Array.from({ length: known }, (_, n) => {
    const isDue = n % (known / DUE) === 0;
    const bookUuid = `book-${n}`;
    if (isDue) ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
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

/** A harness with twice as many books as are due. */
async function createFilledHarness(table: Table): Promise<PollerHarness> {
  const harness = createPollerHarness(table);
  for (const book of knownBooks(harness, 2 * DUE)) await table.put(book);
  return harness;
}

it('a run reads and writes a few items for each due book, however many are known', async () => {
  const counts: { readonly items: number; readonly writes: number }[] = [];
  for (const known of [KNOWN / 10, KNOWN]) {
    const table = await memoryTable();
    const harness = createPollerHarness(table);
    for (const book of knownBooks(harness, known)) await table.put(book);
    const { requests } = table;
    // Filling it does not count.
    Object.assign(requests, { items: 0, reads: 0, writes: 0 });
    expect(await harness.run()).toMatchObject({ polled: DUE, failed: 0 });
    // Its row in the index, and the book itself; it has no documents.
    expect(requests.items).toBeLessThanOrEqual(2 * DUE + OVERHEAD);
    expect(requests.reads).toBeLessThanOrEqual(2 * DUE + DUE_SHARDS.length + OVERHEAD);
    // One for each book, and the lease.
    expect(requests.writes).toBeLessThanOrEqual(DUE + 5);
    counts.push({ items: requests.items, writes: requests.writes });
    expect(harness.ocrolus.asked).toHaveLength(DUE);
  }
  expect(counts[1]).toEqual(counts[0]);
});

it('two runs at the same time do no work twice', async () => {
  const harness = await createFilledHarness(await createTable());
  const [first, second] = await Promise.all([
    poll(harness.dependencies, 'first', 300_000),
    poll(harness.dependencies, 'second', 300_000),
  ]);
  expect([first.ran, second.ran].sort()).toEqual([false, true]);
  expect(first.polled + second.polled).toBe(DUE);
  expect(new Set(harness.ocrolus.asked.map(({ target }) => target)).size).toBe(DUE);
  expect(harness.ocrolus.asked).toHaveLength(DUE);
});

it('a run that reaches its deadline loses nothing: the next ones continue where it stopped', async () => {
  const harness = await createFilledHarness(await memoryTable());
  // A second for each Book status: with a minute the run has time for some fifty.
  const { client } = harness.ocrolus;
  const ask: typeof client.ask = (call, deadline) => {
    if (call.operation === 'book-status') harness.clock.advance(1);
    return client.ask(call, deadline);
  };
  const dependencies = {
    ...harness.dependencies,
    accounts: { names: ['default'], client: () => ({ ...client, ask }) },
  };
  const polled: number[] = [];
  while (polled.reduce((sum, n) => sum + n, 0) < DUE && polled.length < 10) {
    const report = await poll(dependencies, `run-${polled.length}`, 60_000);
    expect(report.failed).toBe(0);
    polled.push(report.polled);
  }
  expect(polled.length).toBeGreaterThan(3);
  expect(polled.reduce((sum, n) => sum + n, 0)).toBe(DUE);
  expect(new Set(harness.ocrolus.asked.map(({ target }) => target)).size).toBe(DUE);
});
