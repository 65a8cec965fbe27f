import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { BookObservation } from '../../shared/events/envelope.ts';
import { writeBook } from '../../shared/store/books.ts';
import { BOOK_ITEM, dueShard } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { document, observation, second, WRITER, writeAll } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
let bookUuid: string;
beforeEach(async () => {
  table = await createTable();
  bookUuid = randomUUID();
});

const stored = () => table.get({ bookId: bookUuid, item: BOOK_ITEM });

test('the first observation makes the book', async () => {
  const documents = [document('VERIFYING'), document('VERIFYING'), document('REJECTED')];
  const seen = { ...observation(bookUuid, 1, 'VERIFYING', documents), bookPk: '9007199254740993', name: 'n' };
  const written = await writeBook(table, seen, { ...WRITER, now: second(2) });

  expect(written).toEqual({ outcome: 'applied', generation: 1 });
  expect(await stored()).toMatchObject({
    bookUuid,
    bookPk: '9007199254740993',
    name: 'n',
    account: 'default',
    source: 'webhook',
    status: 'VERIFYING',
    generation: 1,
    observedAt: second(1),
    createdAt: second(2),
    updatedAt: second(2),
    documents: { VERIFYING: 2, REJECTED: 1 },
  });
});

test('a newer observation wins', async () => {
  const outcomes = await writeAll(table, [
    observation(bookUuid, 1, 'VERIFYING'),
    observation(bookUuid, 2, 'VERIFIED'),
  ]);
  expect(outcomes).toEqual(['applied', 'applied']);
  expect(await stored()).toMatchObject({ status: 'VERIFIED', observedAt: second(2) });
});

test.each([
  ['an older one', 'VERIFIED', 'VERIFYING', 1],
  ['an older one', 'VERIFYING', 'VERIFIED', 1],
  ['one of the same time', 'VERIFIED', 'VERIFYING', 2],
  ['one of the same time', 'VERIFYING', 'PROCESSING', 2],
])('%s is stale and changes nothing (%s, then %s)', async (_, newer, older, n) => {
  await writeAll(table, [observation(bookUuid, 2, newer)]);
  const before = await stored();
  expect(await writeAll(table, [observation(bookUuid, n, older)])).toEqual(['stale']);
  expect(await stored()).toEqual(before);
});

test('one that shows the same is unchanged, and moves the time of the last look', async () => {
  const documents = [document('VERIFICATION_COMPLETE'), document('REJECTED')];
  const outcomes = await writeAll(table, [
    observation(bookUuid, 1, 'VERIFIED', documents),
    observation(bookUuid, 2, 'VERIFIED', documents.toReversed()),
  ]);
  expect(outcomes).toEqual(['applied', 'unchanged']);
  expect(await stored()).toMatchObject({ observedAt: second(2), generation: 1 });
});

test('since when it is verified as it is stays, until it is not', async () => {
  const [a, b] = [document('VERIFICATION_COMPLETE'), document('VERIFICATION_COMPLETE')];
  const since = async (seen: BookObservation) => {
    await writeAll(table, [seen]);
    return (await stored())?.verifiedAt;
  };
  expect(await since(observation(bookUuid, 1, 'VERIFYING', [a]))).toBeUndefined();
  expect(await since(observation(bookUuid, 2, 'VERIFIED', [a]))).toBe(second(2));
  expect(await since(observation(bookUuid, 3, 'VERIFIED', [a]))).toBe(second(2));
  expect(await since(observation(bookUuid, 4, 'VERIFIED', [a, b]))).toBe(second(4));
  expect(await since(observation(bookUuid, 5, 'VERIFYING', [a, b]))).toBeUndefined();
  expect(await since(observation(bookUuid, 6, 'VERIFIED', [a, b]))).toBe(second(6));
});

test('a document that moved is a change, although the book has not', async () => {
  const one = document('VERIFYING');
  const outcomes = await writeAll(table, [
    observation(bookUuid, 1, 'VERIFYING', [one]),
    observation(bookUuid, 2, 'VERIFYING', [{ ...one, status: 'REJECTED' }]),
  ]);
  expect(outcomes).toEqual(['applied', 'applied']);
  expect(await stored()).toMatchObject({ documents: { REJECTED: 1 } });
});

test('DELETED stays, whatever is seen later', async () => {
  const outcomes = await writeAll(table, [
    observation(bookUuid, 1, 'VERIFIED'),
    observation(bookUuid, 2, 'DELETED'),
    observation(bookUuid, 3, 'VERIFYING'),
    observation(bookUuid, 4, 'VERIFIED'),
  ]);
  expect(outcomes).toEqual(['applied', 'applied', 'stale', 'stale']);
  expect(await stored()).toMatchObject({ status: 'DELETED', observedAt: second(2), generation: 1 });
});

test('a later observation without pk and name keeps those that are known', async () => {
  await writeAll(table, [
    { ...observation(bookUuid, 1, 'VERIFYING'), bookPk: '77', name: 'n', bookClass: 'COMPLETE' },
    observation(bookUuid, 2, 'VERIFIED'),
  ]);
  expect(await stored()).toMatchObject({ bookPk: '77', name: 'n', bookClass: 'COMPLETE' });
});

test('who created the book and when stays; who wrote last is told', async () => {
  await writeBook(table, observation(bookUuid, 1, 'VERIFYING'), { ...WRITER, now: second(5) });
  const later = { account: 'other', source: 'poll', now: second(9) } as const;
  await writeBook(table, observation(bookUuid, 2, 'VERIFIED'), later);
  expect(await stored()).toMatchObject({
    account: 'default',
    createdAt: second(5),
    source: 'poll',
    updatedAt: second(9),
  });
});

test('makes the book due when told, and leaves an appointment alone when not', async () => {
  await writeBook(table, observation(bookUuid, 1, 'VERIFYING'), { ...WRITER, dueAt: second(600) });
  await writeBook(table, observation(bookUuid, 2, 'VERIFIED'), { ...WRITER, source: 'poll' });
  expect(await stored()).toMatchObject({ dueAt: second(600), dueShard: dueShard(bookUuid) });
});

test('a book without appointment gets one, even from the poller', async () => {
  await writeBook(table, observation(bookUuid, 1, 'VERIFIED'), { ...WRITER, source: 'poll', now: second(3) });
  expect(await stored()).toMatchObject({ dueAt: second(3), dueShard: dueShard(bookUuid) });
});
