import { beforeEach, describe, expect, it, test } from 'vitest';
import { backfill, costOfComparing, costOfFetching } from '../../../functions/poller/backfill.ts';
import type { BackfillRange, BackfillReport } from '../../../shared/backfill.ts';
import { DELETED } from '../../../shared/events/statuses.ts';
import { START } from '../../../shared/ocrolus/book-list.ts';
import { updateBook } from '../../../shared/store/books.ts';
import { markForgotten } from '../../../shared/store/removal/tombstones.ts';
import { iso } from '../../../shared/time.ts';
import { memoryTable } from '../../shared/store/testing/memory-table.ts';
import { observation, WRITER, writeAll } from '../../shared/store/testing/observations.ts';
import { type BookList, createBookList } from './testing/book-list.ts';
import { createPollerHarness, type PollerHarness, pollerSettings } from './testing/harness.ts';

let harness: PollerHarness;
let list: BookList;
beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  list = createBookList();
});

const DAY = 86_400;
const NO_COUNTS = { unknown: 0, again: 0, waiting: 0, left: 0 };

interface Asked {
  readonly write?: boolean;
  readonly place?: NonNullable<BackfillReport['next']>;
  readonly settings?: Readonly<Record<string, string>>;
}

const part = (range: BackfillRange = {}, { write = true, place = START, settings = {} }: Asked = {}) =>
  backfill(
    {
      ...harness.dependencies,
      settings: pollerSettings(settings),
      accounts: { names: ['default'], client: () => list.client },
    },
    { mode: 'backfill', account: 'default', range, place, dueFrom: harness.clock.iso(), write },
    300_000,
  );

/** Goes through the whole list. @returns the reports of its parts. */
async function all(range: BackfillRange = {}, asked: Asked = {}): Promise<BackfillReport[]> {
  const reports: BackfillReport[] = [];
  let place: BackfillReport['next'] = START;
  while (place !== null) {
    const report: BackfillReport = await part(range, { ...asked, place });
    reports.push(report);
    place = report.next;
  }
  return reports;
}
const sum = (reports: readonly BackfillReport[], key: keyof BackfillReport['counts']) =>
  reports.reduce((total, { counts }) => total + counts[key], 0);
const bookIds = async () => {
  harness.clock.advance(365 * DAY);
  return (await harness.due()).map(({ bookId }) => bookId).sort();
};

it('every book of the list becomes due, in parts that a caller can stop between', async () => {
  list.add(1200);
  const reports = await all();
  expect(reports.map(({ counts }) => counts.unknown)).toEqual([496, 495, 209]);
  expect(await bookIds()).toEqual(list.uuids());
});

it('books become due one after the other, at the pace of the rate limit', async () => {
  list.add(3);
  const { dueUntil, calls } = await part();
  const books = await Promise.all(list.uuids().map((uuid) => harness.reader.book(uuid)));
  const cost = costOfFetching(pollerSettings({}));
  const start = harness.clock.now();
  expect(books.map((book) => book?.dueAt)).toEqual([0, 1, 2].map((n) => iso(start + n * cost.milliseconds)));
  expect({ dueUntil, calls }).toEqual({
    dueUntil: iso(start + 3 * cost.milliseconds),
    calls: 3 * cost.calls,
  });
});

it('what is counted is what would be written, and nothing is', async () => {
  list.add(3);
  const counted = await part({}, { write: false });
  expect(counted).toMatchObject({ counts: { ...NO_COUNTS, unknown: 3 }, next: null });
  expect(await harness.reader.book('book-1')).toBeUndefined();
  expect(await part()).toEqual(counted);
});

it('a second one leaves books as they are, and plans after those of the first', async () => {
  list.add(3);
  const first = await part();
  const before = await harness.reader.book('book-2');
  list.add(1);
  const second = await part();
  expect(second.counts).toEqual({ ...NO_COUNTS, unknown: 1, waiting: 3 });
  expect(await harness.reader.book('book-2')).toEqual(before);
  expect(await harness.reader.book('book-4')).toMatchObject({ dueAt: first.dueUntil });
});

describe('a book that is stored', () => {
  beforeEach(async () => {
    list.add(1);
    await writeAll(harness.table, [observation('book-1', 0, 'VERIFIED')]);
  });

  interface Planned {
    /** Seconds since it was compared. */
    readonly age?: number;
    /** Due times, in seconds from the backfill. */
    readonly before?: number;
    readonly after?: number;
    readonly status?: string;
  }
  test.each<[string, keyof BackfillReport['counts'], Planned]>([
    ['is left alone when it was compared within a day', 'left', { age: DAY - 1 }],
    ['is compared again, although the poller has given it up', 'again', { after: 0 }],
    ['is polled earlier than planned', 'again', { before: 28 * DAY, after: 0 }],
    ['is never polled later', 'waiting', { before: -60, after: -60 }],
    ['stays deleted', 'left', { status: DELETED }],
  ])('%s', async (_what, counted, planned) => {
    const { age = 2 * DAY, before, after, status = 'VERIFIED' } = planned;
    const at = (seconds?: number) =>
      seconds === undefined ? undefined : iso(harness.clock.now() + seconds * 1000);
    harness.clock.advance(age - 100);
    await updateBook(harness.table, 'book-1', (book) => book && { ...book, status, dueAt: at(before) });
    expect((await part()).counts).toEqual({ ...NO_COUNTS, [counted]: 1 });
    const book = await harness.table.get({ bookId: 'book-1', item: 'BOOK' });
    // `again`: compared at that time, also if an event comes before.
    const again = counted === 'again' ? at(after) : undefined;
    expect([book?.status, book?.dueAt, book?.again]).toEqual([status, at(after), again]);
  });
});

it('a forgotten book stays forgotten, by either of its ids', async () => {
  list.add(2);
  await markForgotten(harness.table, 'book-1', {}, WRITER);
  await markForgotten(harness.table, 'pk-2', { bookPk: '2' }, WRITER);
  const before = await harness.reader.book('book-1');
  expect((await part()).counts).toMatchObject({ left: 1 });
  expect(await harness.reader.book('book-1')).toEqual(before);
  expect(await harness.reader.book('book-2')).toMatchObject({ status: 'FORGOTTEN' });
});

test.each<[string, BackfillRange, string[]]>([
  ['from a pk on', { fromPk: '8' }, ['book-8', 'book-9']],
  ['up to a pk, beyond its digits', { fromPk: '2', toPk: '3' }, ['book-2', 'book-3']],
  ['since a time, that of an end included', { fromTime: '2026-01-08T00:00:00.000Z' }, ['book-8', 'book-9']],
  ['until a time', { toTime: '2026-01-02T12:00:00.000Z' }, ['book-1', 'book-2']],
  ['without a time in the list', { fromTime: '2026-01-09T00:00:00.000Z', toPk: '5' }, ['book-5']],
])('%s', async (_what, range, expected) => {
  list.add(9);
  // Times without a zone are UTC.
  const { fromTime, toPk } = range;
  const isUnknown = (pk: bigint) => fromTime !== undefined && toPk !== undefined && pk === 5n;
  list.createdAt = (pk) =>
    isUnknown(pk) ? undefined : `2026-01-0${pk}T00:00:00${pk % 2n === 0n ? '' : 'Z'}`;
  expect(sum(await all(range), 'unknown')).toBe(expected.length);
  expect(await bookIds()).toEqual(expected);
});

it('the setting for discovery does not matter', async () => {
  list.add(1);
  list.createdAt = () => '2020-01-01T00:00:00Z';
  expect((await part({}, { settings: { POLL_DISCOVER_FROM: '2026-01-01' } })).counts.unknown).toBe(1);
});

it('a list that cannot be read any further is a problem, and the place to go on is kept', async () => {
  list.add(250);
  list.failAtPage = 2;
  const failed = await part();
  expect(failed).toMatchObject({ counts: { unknown: 100 }, problem: 'network' });
  expect(failed.next).toEqual({ offset: 100, lastPk: '100' });
  const rest = await part({}, { place: failed.next ?? START });
  expect(rest).toMatchObject({ counts: { unknown: 150 }, problem: null, next: null });
});

it('a stage with default settings fetches about 43,000 books a day, by the heavy calls', () => {
  const settings = pollerSettings({});
  const { calls, milliseconds } = costOfFetching(settings);
  expect(Math.round((DAY * 1000) / milliseconds / 1000)).toBe(43);
  expect(calls).toBeGreaterThan(15);
  expect(costOfComparing(settings)).toEqual({ calls: 1, milliseconds: 200 });
  const none = { ...settings, RESULTS: { ...settings.RESULTS } };
  for (const kind of ['summary', 'cash-flow', 'analytics'] as const) none.RESULTS[kind] = 'never';
  // Then the other calls decide.
  expect(costOfFetching(none).milliseconds).toBeLessThan(2000);
});
