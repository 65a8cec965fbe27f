import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { CLASSIFY_ONLY } from '../../shared/checklist/kinds.ts';
import type { BookObservation } from '../../shared/events/envelope.ts';
import {
  type Book,
  deleteBook,
  dueBy,
  newBook,
  observeBook,
  readBook,
  updateBook,
} from '../../shared/store/books.ts';
import { dueShard } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { document, observation, second, TIMES, WRITER, writeAll, writeBook } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
let bookUuid: string;
beforeEach(async () => {
  table ??= await createTable();
  bookUuid = randomUUID();
});

const GRACE = TIMES.grace / 1000;
const stored = () => readBook(table, bookUuid);
const at = (n: number) => Date.parse(second(n));
const observed = (book: Book | undefined, seen: BookObservation, now = 0) =>
  observeBook(book, seen, { ...WRITER, now: at(now) }, TIMES);

test('the first observation makes the book', async () => {
  const documents = [document('VERIFYING'), document('VERIFYING'), document('REJECTED')];
  const seen = {
    ...observation(bookUuid, 1, 'VERIFYING', documents),
    bookPk: '9007199254740993',
    name: 'n',
    bookClass: 'INSTANT',
  };
  await writeBook(table, seen, { ...WRITER, now: at(2) });
  expect(await stored()).toMatchObject({
    bookUuid,
    bookPk: '9007199254740993',
    name: 'n',
    bookClass: 'INSTANT',
    account: 'default',
    source: 'webhook',
    status: 'VERIFYING',
    generation: 1,
    revision: at(2) + 1,
    observedAt: second(1),
    changedAt: second(1),
    createdAt: second(2),
    updatedAt: second(2),
    documents: { VERIFYING: 2, REJECTED: 1 },
    hasResults: false,
    complete: false,
    entries: {},
  });
});

test('it is polled, and what is missing is sent, once webhooks have had their time', async () => {
  await writeBook(table, observation(bookUuid, 1, 'VERIFYING'), { ...WRITER, now: at(2) });
  expect(await stored()).toMatchObject({
    dueAt: second(2 + GRACE),
    dueShard: dueShard(bookUuid),
    round: { count: 0, nextAt: second(2 + GRACE) },
  });
});

test('a book that only an event, or a list, has named is due at once', () => {
  const made = newBook('pk-77', { bookPk: '77' }, { ...WRITER, now: at(5) });
  expect(made).toEqual({
    bookId: 'pk-77',
    item: 'BOOK',
    bookPk: '77',
    account: 'default',
    source: 'webhook',
    generation: 1,
    revision: at(5),
    createdAt: second(5),
    updatedAt: second(5),
    dueAt: second(5),
    dueShard: dueShard('pk-77'),
    entries: {},
  });
  expect(made).not.toHaveProperty('complete');
});

test('a newer observation wins', async () => {
  await writeAll(table, [observation(bookUuid, 1, 'VERIFYING'), observation(bookUuid, 2, 'VERIFIED')]);
  expect(await stored()).toMatchObject({ status: 'VERIFIED', observedAt: second(2), endedAt: second(2) });
});

describe('an observation that is not newer changes nothing', () => {
  test.each([
    ['an earlier status', 'VERIFIED', 'VERIFYING', 1],
    ['a later status, asked for earlier', 'VERIFYING', 'VERIFIED', 1],
    ['one of the same time', 'VERIFYING', 'PROCESSING', 2],
  ])('%s (%s, then %s)', (_what, newer, older, n) => {
    const book = observed(undefined, observation(bookUuid, 2, newer));
    expect(observed(book, observation(bookUuid, n, older))).toBe(book);
  });

  test('not even where the newer one had nothing new to say', () => {
    let book = observed(undefined, observation(bookUuid, 1, 'VERIFIED'));
    book = observed(book, observation(bookUuid, 3, 'VERIFIED'));
    // Asked for in between, and late.
    book = observed(book, observation(bookUuid, 2, 'VERIFYING'));
    expect(book).toMatchObject({ status: 'VERIFIED', generation: 1 });
  });
});

test('one that shows the same, in whatever order, costs no write', async () => {
  const documents = [document('VERIFICATION_COMPLETE'), document('REJECTED')];
  await writeBook(table, observation(bookUuid, 1, 'VERIFIED', documents));
  const before = await stored();
  const readOnly: Table = { ...table, put: () => Promise.reject(new Error('a write')) };
  await writeBook(readOnly, observation(bookUuid, 1, 'VERIFIED', documents.toReversed()));
  expect(await stored()).toEqual(before);
});

test('since when it is finished as it is stays, until it is not', async () => {
  const [a, b] = [document('VERIFICATION_COMPLETE'), document('VERIFICATION_COMPLETE')];
  const since = async (seen: BookObservation) => (await writeBook(table, seen))?.endedAt;
  expect(await since(observation(bookUuid, 1, 'VERIFYING', [a]))).toBeUndefined();
  expect(await since(observation(bookUuid, 2, 'VERIFIED', [a]))).toBe(second(2));
  expect(await since(observation(bookUuid, 3, 'VERIFIED', [a]))).toBe(second(2));
  expect(await since(observation(bookUuid, 4, 'VERIFIED', [a, b]))).toBe(second(4));
  expect(await since(observation(bookUuid, 5, 'VERIFYING', [a, b]))).toBeUndefined();
  expect(await since(observation(bookUuid, 6, 'VERIFIED', [a, b]))).toBe(second(6));
});

test('a document that moved is a change, although the book has not', async () => {
  const one = document('VERIFYING');
  await writeAll(table, [
    observation(bookUuid, 1, 'VERIFYING', [one]),
    observation(bookUuid, 2, 'VERIFYING', [{ ...one, status: 'REJECTED' }]),
  ]);
  expect(await stored()).toMatchObject({
    documents: { REJECTED: 1 },
    changedAt: second(2),
    revision: WRITER.now + 2,
  });
});

describe('DELETED', () => {
  test('stays, whatever is seen later', async () => {
    await writeAll(table, [
      observation(bookUuid, 1, 'VERIFIED'),
      observation(bookUuid, 2, 'DELETED'),
      observation(bookUuid, 3, 'VERIFYING'),
      observation(bookUuid, 4, 'VERIFIED'),
    ]);
    expect(await stored()).toMatchObject({ status: 'DELETED', observedAt: second(2), generation: 1 });
  });

  test('leaves nothing complete or open', async () => {
    await writeBook(table, observation(bookUuid, 1, 'VERIFIED'));
    await updateBook(table, bookUuid, (book) => book && { ...book, complete: true, open: ['income'] });
    await writeBook(table, observation(bookUuid, 2, 'DELETED'));
    const book = await stored();
    expect(book).not.toHaveProperty('complete');
    expect(book).not.toHaveProperty('open');
  });
});

test('a later observation without pk, name and class keeps those that are known, and another name replaces one', async () => {
  await writeAll(table, [
    { ...observation(bookUuid, 1, 'VERIFYING'), bookPk: '77', name: 'n', bookClass: 'COMPLETE' },
    observation(bookUuid, 2, 'VERIFIED'),
  ]);
  expect(await stored()).toMatchObject({ bookPk: '77', name: 'n', bookClass: 'COMPLETE' });
  await writeBook(table, { ...observation(bookUuid, 3, 'VERIFIED'), name: 'm' });
  expect(await stored()).toMatchObject({
    name: 'm',
    generation: 1,
    endedAt: second(2),
    changedAt: second(2),
  });
});

test('another class decides whether the book is finished, although nothing else has changed', () => {
  const classified = [document('CLASSIFIED')];
  const book = observed(undefined, observation(bookUuid, 1, 'VERIFYING', classified));
  expect(book.endedAt).toBeUndefined();
  const known = observed(book, {
    ...observation(bookUuid, 2, 'VERIFYING', classified),
    bookClass: CLASSIFY_ONLY,
  });
  expect(known).toMatchObject({ bookClass: CLASSIFY_ONLY, endedAt: second(2) });
  const upgraded = observed(known, {
    ...observation(bookUuid, 3, 'VERIFYING', classified),
    bookClass: 'INSTANT',
  });
  expect(upgraded.endedAt).toBeUndefined();
});

test('whose credentials showed the book is whose it is; when it was made stays', async () => {
  const event = { account: 'wrong', source: 'webhook', now: at(5) } as const;
  await updateBook(table, bookUuid, (book) => book ?? newBook(bookUuid, { bookUuid }, event));
  await writeBook(table, observation(bookUuid, 6, 'VERIFIED'), {
    account: 'right',
    source: 'poll',
    now: at(9),
  });
  expect(await stored()).toMatchObject({
    account: 'right',
    createdAt: second(5),
    source: 'poll',
    updatedAt: second(9),
  });
});

test('a success ends the time of refusals, although the book looks as before', () => {
  const book = observed(undefined, observation(bookUuid, 1, 'VERIFIED'));
  const refused: Book = { ...book, refused: { code: '1401', since: second(2), count: 3 } };
  const shown = observed(refused, observation(bookUuid, 9, 'VERIFIED'));
  expect(shown.refused).toBeUndefined();
  expect(shown).toMatchObject({ generation: 1, endedAt: second(1), observedAt: second(9) });
});

describe('the schedule', () => {
  const scheduled = (dueAt: number): Book => ({
    ...newBook(bookUuid, { bookUuid }, WRITER),
    dueAt: second(dueAt),
  });

  test('an earlier appointment stays, a later one gives way', () => {
    const book = scheduled(100);
    expect(dueBy(book, at(200))).toBe(book);
    expect(dueBy(book, at(100))).toBe(book);
    expect(dueBy(book, at(50))).toMatchObject({ dueAt: second(50), dueShard: dueShard(bookUuid) });
  });

  test('a book that was not to be polled any more is again', () => {
    const { dueAt: _, dueShard: __, ...over } = scheduled(0);
    expect(dueBy(over, at(50))).toMatchObject({ dueAt: second(50), dueShard: dueShard(bookUuid) });
  });

  test('a change makes the book due after the time of webhooks, and never later than it was', () => {
    const book = { ...observed(undefined, observation(bookUuid, 1, 'VERIFYING')), dueAt: second(100) };
    expect(observed(book, observation(bookUuid, 2, 'VERIFIED'), 50)).toMatchObject({ dueAt: second(100) });
    const late = { ...book, dueAt: second(100_000) };
    expect(observed(late, observation(bookUuid, 2, 'VERIFIED'), 50)).toMatchObject({
      dueAt: second(50 + GRACE),
    });
  });
});

test('entries are attributes of their own, and come back as they were', async () => {
  const entry = {
    state: 'pending',
    version: 1,
    since: second(1),
    attempts: 3,
    nextAt: second(9),
    code: '1404',
    job: 'j',
  } as const;
  await updateBook(table, bookUuid, () => ({
    ...newBook(bookUuid, { bookUuid }, WRITER),
    entries: { income: entry, 'business#x#y': entry },
  }));
  expect((await stored())?.entries).toEqual({ income: entry, 'business#x#y': entry });
  const item = await table.get({ bookId: bookUuid, item: 'BOOK' });
  expect(item).toMatchObject({ 'need#income': entry, 'need#business#x#y': entry });
  expect(item).not.toHaveProperty('entries');
});

test('a book is removed only as it was read', async () => {
  const first = await writeBook(table, observation(bookUuid, 1, 'VERIFYING'));
  const second = await writeBook(table, observation(bookUuid, 2, 'VERIFIED'));
  if (first === undefined || second === undefined) throw new Error('not written');
  expect(await deleteBook(table, first)).toBe(false);
  expect(await stored()).toMatchObject({ status: 'VERIFIED' });
  expect(await deleteBook(table, second)).toBe(true);
  expect(await stored()).toBeUndefined();
});
