import { beforeEach, expect, it } from 'vitest';
import { poll } from '../../functions/poller/poll.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { DUE_SHARDS, WAIT_PREFIX } from '../../shared/store/keys.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { createPollerStage, type PollerStage } from '../poller/testing/stage.ts';
import { second } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { fill } from './testing/fill.ts';
import { countRequests } from './testing/requests.ts';

/**
 * One in a hundred is due, as of a million books 10,000 would be. What is read does not depend on the others (see
 * the first test), so a hundred times as many of them would cost nothing more either.
 */
const KNOWN = 20_000;
const DUE = 200;
/** Of those that are due, wait for a result: their waits are read too. */
const WAITING = 20;

const createTable = useTables();
let stage: PollerStage;

async function fillBooks(known: number): Promise<void> {
  const books = Array.from({ length: known }, (_, n) => {
    const isDue = n % (known / DUE) === 0;
    const bookUuid = `book-${n}`;
    if (isDue) stage.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
    return {
      bookId: bookUuid,
      item: 'BOOK',
      bookUuid,
      account: 'default',
      source: 'webhook',
      status: 'VERIFYING',
      generation: 1,
      createdAt: second(0),
      updatedAt: second(0),
      dueShard: DUE_SHARDS[n % DUE_SHARDS.length],
      dueAt: isDue ? second(n % 90) : second(86_400 + (n % 86_400)),
      ...(isDue && (n / (known / DUE)) % (DUE / WAITING) === 0 && { waiting: true }),
    };
  });
  const waits = books
    .filter(({ waiting }) => waiting)
    .map(({ bookId }) => ({
      bookId,
      item: `${WAIT_PREFIX}income#${bookId}`,
      account: 'default',
      channel: 'income',
      eventName: 'book.income.generated',
      ids: { bookUuid: bookId },
      since: second(0),
      attempts: 1,
      waitUntil: second(0),
    }));
  await fill(stage.table, [...books, ...waits]);
}
beforeEach(async () => {
  stage = createPollerStage(await createTable());
});

it('a run reads hardly more items than there are due books, however many are known', async () => {
  const items: number[] = [];
  for (const known of [KNOWN / 10, KNOWN]) {
    stage = createPollerStage(await createTable());
    await fillBooks(known);
    const requests = countRequests(stage.table);
    expect(await stage.run()).toMatchObject({ visited: DUE, failed: 0 });
    expect(requests.items / DUE).toBeLessThanOrEqual(1.2);
    // Each shard is asked once, and each book that waits.
    expect(requests.reads).toBeLessThanOrEqual(DUE_SHARDS.length + WAITING + 5);
    items.push(requests.items);
  }
  expect(items[1]).toBe(items[0]);
});

it('two runs at the same time do no work twice', async () => {
  await fillBooks(2 * DUE);
  const [first, second] = await Promise.all([
    poll(stage.parts, 'first', 300_000),
    poll(stage.parts, 'second', 300_000),
  ]);
  expect([first.ran, second.ran].sort()).toEqual([false, true]);
  expect(first.visited + second.visited).toBe(DUE);
  expect(new Set(stage.ocrolus.asked.map(({ target }) => target)).size).toBe(DUE);
  expect(stage.ocrolus.asked).toHaveLength(DUE);
});

it('a run that comes to its deadline loses nothing: the next ones go on where it stopped', async () => {
  await fillBooks(2 * DUE);
  // A second for each look: with a minute the run has time for some fifty.
  const { client } = stage.ocrolus;
  const get: typeof client.get = (call, deadline) => {
    stage.clock.advance(1);
    return client.get(call, deadline);
  };
  const parts = { ...stage.parts, accounts: { client: () => ({ ...client, get }) } };
  const visited: number[] = [];
  while (visited.reduce((sum, n) => sum + n, 0) < DUE && visited.length < 10) {
    const report = await poll(parts, `run-${visited.length}`, 60_000);
    expect(report.failed).toBe(0);
    visited.push(report.visited);
  }
  expect(visited.length).toBeGreaterThan(3);
  expect(visited.reduce((sum, n) => sum + n, 0)).toBe(DUE);
  expect(new Set(stage.ocrolus.asked.map(({ target }) => target)).size).toBe(DUE);
});
