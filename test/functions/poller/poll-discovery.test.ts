import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { type MemoryTable, memoryTable } from '../../shared/store/testing/memory-table.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { type BookList, createBookList } from './testing/book-list.ts';
import { makeBook, numbered } from './testing/books.ts';
import { createPollerHarness, type PollerHarness, type PollerHarnessOptions } from './testing/harness.ts';

let table: MemoryTable;
let lists: Record<string, BookList>;
let harness: PollerHarness;

beforeEach(async () => {
  table = await memoryTable();
  lists = { default: createBookList('new') };
  harness = discovering();
});

/** A poller that reads the lists of the accounts, and hands ten books over in a second. */
function discovering(settings = {}, options: PollerHarnessOptions = {}): PollerHarness {
  const accounts = {
    names: Object.keys(lists),
    client: (account: string) => (lists[account] ?? createBookList()).client,
  };
  const own = { POLL_DISCOVER: 'true', POLL_REQUESTS_PER_SECOND: '10', ...settings };
  return createPollerHarness(table, own, { accounts, ...options });
}

async function knownBooksDue(count: number): Promise<void> {
  for (const bookUuid of numbered(count)) await makeBook(table, bookUuid);
}

const discovered = () =>
  harness.sent.flatMap(({ ids: { bookUuid = '' } }) => (bookUuid.startsWith('new') ? [bookUuid] : []));

test('a book that is found is looked at in the same run', async () => {
  const { ocrolus } = createPollerHarness(table);
  const listed = { body: { response: [{ pk: 1, book_uuid: 'new', name: 'n' }] } };
  ocrolus.says(calls.books(100, 0), listed);
  ocrolus.says(calls.bookStatus({ bookUuid: 'new' }), bookStatus('new', 'VERIFYING'));
  harness = createPollerHarness(table, { POLL_DISCOVER: 'true' }, { ocrolus });
  expect(await harness.run()).toMatchObject({ discovered: 1, polled: 1 });
  expect(harness.counted.get('BooksDiscovered')).toBe(1);
  await harness.process();
  expect(await harness.reader.book('new')).toMatchObject({ status: 'VERIFYING', bookPk: '1' });
});

test('a run that has time reads on, and hands everything over that it finds', async () => {
  await knownBooksDue(50);
  lists.default?.add(150);
  expect(await harness.run()).toMatchObject({ discovered: 150, polled: 200, isBehind: false });
  expect(discovered().sort()).toEqual(lists.default?.uuids());
});

test('a run that leaves due books to the next one reads one page of each list', async () => {
  await knownBooksDue(50);
  lists.default?.add(150);
  expect(await harness.run(12_000)).toMatchObject({ discovered: 100, polled: 60, isBehind: true });
  expect(lists.default?.pages).toBe(1);
});

test('an account whose list cannot be read is named, and stops neither the others nor the due books', async () => {
  lists = { broken: createBookList('broken'), default: createBookList('new') };
  lists.default?.add(2);
  lists.broken = {
    ...createBookList(),
    client: { ...createBookList().client, get: () => Promise.reject(new Failure('refused', 'http-403')) },
  };
  harness = discovering();
  await knownBooksDue(1);
  expect(await harness.run()).toEqual({
    discovered: 2,
    polled: 3,
    isBehind: false,
    problems: [{ account: 'broken', code: 'http-403' }],
  });
});

test('no list is read where the settings say so', async () => {
  lists.default?.add(2);
  await knownBooksDue(1);
  expect(await discovering({ POLL_DISCOVER: 'false' }).run()).toMatchObject({ discovered: 0, polled: 1 });
  expect(lists.default?.pages).toBe(0);
});
