import { beforeEach, expect, test } from 'vitest';
import { poll } from '../../functions/poller/poll.ts';
import { LOOKS_PER_DISCOVERY } from '../../functions/poller/visiting-order.ts';
import { Failure } from '../../shared/failure.ts';
import type { OcrolusClient } from '../../shared/ocrolus/client.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import { readCursor } from '../../shared/store/poller-state.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { second, WRITER } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { type BookList, createBookList } from './testing/book-list.ts';
import { createPollerStage, type PollerStage } from './testing/stage.ts';

const createTable = useTables();
let stage: PollerStage;
let lists: Record<string, BookList>;
/** The books that were looked at. */
let looks: string[];
let failing: (bookUuid: string) => boolean;
beforeEach(async () => {
  stage = createPollerStage(await createTable(), { POLL_DISCOVER: 'true' });
  lists = { default: createBookList('new') };
  looks = [];
  failing = () => false;
});

/** An Ocrolus that knows every book, and takes a second for each answer. */
function client(account: string): OcrolusClient {
  const get: OcrolusClient['get'] = async (call, deadline) => {
    stage.clock.advance(1);
    const list = lists[account] ?? createBookList();
    if (call.path === '/v1/books') return list.client.get(call, deadline);
    const bookUuid = String(call.query?.book_uuid);
    looks.push(bookUuid);
    if (failing(bookUuid)) throw new Failure('retry', 'network');
    stage.ocrolus.says(call, bookStatus(bookUuid, 'VERIFYING'));
    return stage.ocrolus.client.get(call, deadline);
  };
  return { ...stage.ocrolus.client, get };
}

/** @param seconds until the run stops, of which each answer takes one. */
const run = (seconds: number, mode: 'due' | 'now' = 'due') =>
  poll(
    { ...stage.parts, accounts: { client }, accountNames: Object.keys(lists) },
    'run',
    (seconds + 10) * 1000,
    mode,
  );

async function knownBooksDue(count: number, from = 0): Promise<void> {
  for (let n = from; n < from + count; n += 1)
    await ensureBook(
      stage.table,
      { bookId: `known-${n}`, bookUuid: `known-${n}` },
      { ...WRITER, now: second(n % 90) },
    );
}
const isNew = (bookUuid: string) => bookUuid.startsWith('new');

test('known books that are due come before unknown ones, but for one look in twenty', async () => {
  await knownBooksDue(50);
  lists.default?.add(30);
  expect(await run(300)).toMatchObject({ discovered: 30, visited: 80, failed: 0 });
  const ofNew = looks.flatMap((bookUuid, n) => (isNew(bookUuid) ? [n] : []));
  const last30From = 53;
  expect(ofNew).toEqual([
    0,
    LOOKS_PER_DISCOVERY,
    2 * LOOKS_PER_DISCOVERY,
    ...Array.from({ length: 27 }, (_, n) => last30From + n),
  ]);
});

test('however much is always due, discovery goes on, and adds no more than its share', async () => {
  lists.default?.add(30);
  for (let n = 1; n <= 6; n += 1) {
    await knownBooksDue(100, 100 * n);
    const { discovered, visited } = await run(45);
    expect([visited > 40, discovered]).toEqual([true, 3]);
  }
});

test('no more is discovered than is looked at in the same run, and nothing is lost at its end', async () => {
  lists.default?.add(130);
  let discovered = 0;
  for (let n = 0; n < 5; n += 1) {
    discovered += (await run(40)).discovered;
    // The place is kept: what was found is not looked up again.
    expect(await readCursor(stage.table, 'default')).toMatchObject({ lastPk: String(discovered) });
  }
  expect(discovered).toBe(130);
  expect([...looks].sort()).toEqual(lists.default?.uuids());
});

test('books that always fail do not keep discovery from going on', async () => {
  await knownBooksDue(40);
  failing = (bookUuid) => !isNew(bookUuid);
  lists.default?.add(3);
  for (let n = 0; n < 3; n += 1) await run(300);
  expect(looks.filter(isNew).sort()).toEqual(lists.default?.uuids());
});

test('a long list of one account does not hold up the others', async () => {
  lists.lending = createBookList('new-lending');
  lists.default?.add(1000);
  lists.lending.add(10);
  await run(60);
  expect(looks.filter((bookUuid) => bookUuid.startsWith('new-lending'))).toHaveLength(10);
});

test('the list of one account fails: the others go on', async () => {
  lists.lending = createBookList('new-lending');
  lists.lending.add(2);
  lists.default?.add(1);
  if (lists.default !== undefined) lists.default.failAtPage = 1;
  expect(await run(60)).toMatchObject({ discovered: 2, visited: 2 });
});

test('an operator who asks for a run gets no book looked at twice', async () => {
  await knownBooksDue(10);
  lists.default?.add(25);
  expect(await run(300, 'now')).toMatchObject({ discovered: 25, visited: 35 });
  expect(new Set(looks).size).toBe(looks.length);
});
