import { beforeEach, expect, test } from 'vitest';
import { poll } from '../../functions/poller/poll.ts';
import { POLLS_PER_DISCOVERY } from '../../functions/poller/polling-order.ts';
import { Failure } from '../../shared/failure.ts';
import type { OcrolusClient } from '../../shared/ocrolus/client.ts';
import { readCursor } from '../../shared/store/polling/poller-state.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { type BookList, createBookList } from './testing/book-list.ts';
import { makeBook } from './testing/books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

let harness: PollerHarness;
let lists: Record<string, BookList>;
/** The books that were polled. */
let polls: string[];
let failing: (bookUuid: string) => boolean;
beforeEach(async () => {
  harness = createPollerHarness(await memoryTable(), { POLL_DISCOVER: 'true' });
  lists = { default: createBookList('new') };
  polls = [];
  failing = () => false;
});

/** An Ocrolus that knows every book, and takes a second for each answer. */
function client(account: string): OcrolusClient {
  return {
    ...harness.ocrolus.client,
    get: (call, deadline) => {
      harness.clock.advance(1);
      return (lists[account] ?? createBookList()).client.get(call, deadline);
    },
    ask: async (call, deadline) => {
      harness.clock.advance(1);
      const bookUuid = String(call.query?.book_uuid);
      polls.push(bookUuid);
      if (failing(bookUuid)) throw new Failure('retry', 'network');
      harness.ocrolus.says(call, bookStatus(bookUuid, 'VERIFYING'));
      return harness.ocrolus.client.ask(call, deadline);
    },
  };
}

/** @param seconds until the run stops, of which each answer takes one. */
const run = (seconds: number, mode: 'due' | 'now' = 'due') =>
  poll(
    { ...harness.dependencies, accounts: { client, names: Object.keys(lists) } },
    'run',
    (seconds + 10) * 1000,
    mode,
  );

async function knownBooksDue(count: number, from = 0): Promise<void> {
  for (let n = from; n < from + count; n += 1) await makeBook(harness.table, `known-${n}`, n % 90);
}
const isNew = (bookUuid: string) => bookUuid.startsWith('new');

test('known books that are due come before unknown ones, except for one poll in twenty', async () => {
  await knownBooksDue(50);
  lists.default?.add(30);
  expect(await run(300)).toMatchObject({ discovered: 30, polled: 80, failed: 0 });
  const ofNew = polls.flatMap((bookUuid, n) => (isNew(bookUuid) ? [n] : []));
  const last30From = 53;
  const expected = [
    0,
    POLLS_PER_DISCOVERY,
    2 * POLLS_PER_DISCOVERY,
    ...Array.from({ length: 27 }, (_, n) => last30From + n),
  ];
  expect(ofNew).toHaveLength(expected.length);
  // Four books are polled at a time: each may overtake those that were started with it.
  for (const [n, place] of expected.entries()) expect(Math.abs((ofNew[n] ?? -9) - place)).toBeLessThan(4);
});

test('however much is always due, discovery continues, and adds no more than its share', async () => {
  lists.default?.add(30);
  for (let n = 1; n <= 6; n += 1) {
    await knownBooksDue(100, 100 * n);
    const { discovered, polled } = await run(45);
    expect([polled > 40, discovered]).toEqual([true, 3]);
  }
});

test('no more is discovered than is polled in the same run, and nothing is lost at its end', async () => {
  lists.default?.add(130);
  let discovered = 0;
  for (let n = 0; n < 5; n += 1) {
    discovered += (await run(40)).discovered;
    // The place is kept: what was found is not looked up again.
    expect(await readCursor(harness.table, 'default')).toMatchObject({ lastPk: String(discovered) });
  }
  expect(discovered).toBe(130);
  expect([...polls].sort()).toEqual(lists.default?.uuids());
});

test('books that always fail do not stop discovery', async () => {
  await knownBooksDue(40);
  failing = (bookUuid) => !isNew(bookUuid);
  lists.default?.add(3);
  for (let n = 0; n < 3; n += 1) await run(300);
  expect(polls.filter(isNew).sort()).toEqual(lists.default?.uuids());
});

test('a long list of one account does not hold up the others', async () => {
  lists.lending = createBookList('new-lending');
  lists.default?.add(1000);
  lists.lending.add(10);
  await run(60);
  expect(polls.filter((bookUuid) => bookUuid.startsWith('new-lending'))).toHaveLength(10);
});

test('the list of one account fails: the others are discovered', async () => {
  lists.lending = createBookList('new-lending');
  lists.lending.add(2);
  lists.default?.add(1);
  if (lists.default !== undefined) lists.default.failAtPage = 1;
  expect(await run(60)).toMatchObject({ discovered: 2, polled: 2 });
});

test('a run that an operator asks for polls no book twice', async () => {
  await knownBooksDue(10);
  lists.default?.add(25);
  expect(await run(300, 'now')).toMatchObject({ discovered: 25, polled: 35 });
  expect(new Set(polls).size).toBe(polls.length);
});
