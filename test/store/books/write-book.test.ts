import { describe, expect, test } from 'vitest';
import type { BookObservation } from '../../../shared/events/envelope.ts';
import { newBook, updateBook } from '../../../shared/store/books.ts';
import { dueShard } from '../../../shared/store/keys.ts';
import type { Table } from '../../../shared/store/table.ts';
import {
  document,
  GRACE,
  observation,
  second,
  WRITER,
  writeAll,
  writeBook,
} from '../testing/observations.ts';
import { at, observed, useBook } from '../testing/write-book.ts';

const given = useBook();
const { stored } = given;

test('the first observation makes the book', async () => {
  const documents = [document('VERIFYING'), document('VERIFYING'), document('REJECTED')];
  const seen = {
    ...observation(given.bookUuid, 1, 'VERIFYING', documents),
    bookPk: '9007199254740993',
    name: 'n',
    bookClass: 'INSTANT',
  };
  await writeBook(given.table, seen, { ...WRITER, now: at(2) });
  expect(await stored()).toMatchObject({
    bookUuid: given.bookUuid,
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

test('it is polled, and missing results are sent, after the time that webhooks may take', async () => {
  await writeBook(given.table, observation(given.bookUuid, 1, 'VERIFYING'), { ...WRITER, now: at(2) });
  expect(await stored()).toMatchObject({
    dueAt: second(2 + GRACE),
    dueShard: dueShard(given.bookUuid),
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
  await writeAll(given.table, [
    observation(given.bookUuid, 1, 'VERIFYING'),
    observation(given.bookUuid, 2, 'VERIFIED'),
  ]);
  expect(await stored()).toMatchObject({ status: 'VERIFIED', observedAt: second(2), endedAt: second(2) });
});

describe('an observation that is not newer changes nothing', () => {
  test.each([
    ['an earlier status', 'VERIFIED', 'VERIFYING', 1],
    ['a later status, asked for earlier', 'VERIFYING', 'VERIFIED', 1],
    ['one of the same time', 'VERIFYING', 'PROCESSING', 2],
  ])('%s (%s, then %s)', (_what, newer, older, n) => {
    const book = observed(undefined, observation(given.bookUuid, 2, newer));
    expect(observed(book, observation(given.bookUuid, n, older))).toBe(book);
  });

  test('not even if the newer one had nothing new', () => {
    let book = observed(undefined, observation(given.bookUuid, 1, 'VERIFIED'));
    book = observed(book, observation(given.bookUuid, 3, 'VERIFIED'));
    // Asked for in between, and late.
    book = observed(book, observation(given.bookUuid, 2, 'VERIFYING'));
    expect(book).toMatchObject({ status: 'VERIFIED', generation: 1 });
  });
});

test('an observation of the same, in whatever order, costs no write', async () => {
  const documents = [document('VERIFICATION_COMPLETE'), document('REJECTED')];
  await writeBook(given.table, observation(given.bookUuid, 1, 'VERIFIED', documents));
  const before = await stored();
  const readOnly: Table = { ...given.table, put: () => Promise.reject(new Error('a write')) };
  await writeBook(readOnly, observation(given.bookUuid, 1, 'VERIFIED', documents.toReversed()));
  expect(await stored()).toEqual(before);
});

test('the time since when it is finished is kept, until it is not finished', async () => {
  const [a, b] = [document('VERIFICATION_COMPLETE'), document('VERIFICATION_COMPLETE')];
  const since = async (seen: BookObservation) => (await writeBook(given.table, seen))?.endedAt;
  expect(await since(observation(given.bookUuid, 1, 'VERIFYING', [a]))).toBeUndefined();
  expect(await since(observation(given.bookUuid, 2, 'VERIFIED', [a]))).toBe(second(2));
  expect(await since(observation(given.bookUuid, 3, 'VERIFIED', [a]))).toBe(second(2));
  expect(await since(observation(given.bookUuid, 4, 'VERIFIED', [a, b]))).toBe(second(4));
  expect(await since(observation(given.bookUuid, 5, 'VERIFYING', [a, b]))).toBeUndefined();
  expect(await since(observation(given.bookUuid, 6, 'VERIFIED', [a, b]))).toBe(second(6));
});

test('a document with another status is a change, even if the book has the same one', async () => {
  const one = document('VERIFYING');
  await writeAll(given.table, [
    observation(given.bookUuid, 1, 'VERIFYING', [one]),
    observation(given.bookUuid, 2, 'VERIFYING', [{ ...one, status: 'REJECTED' }]),
  ]);
  expect(await stored()).toMatchObject({
    documents: { REJECTED: 1 },
    changedAt: second(2),
    revision: WRITER.now + 2,
  });
});

describe('DELETED', () => {
  test('stays, whatever is seen later', async () => {
    await writeAll(given.table, [
      observation(given.bookUuid, 1, 'VERIFIED'),
      observation(given.bookUuid, 2, 'DELETED'),
      observation(given.bookUuid, 3, 'VERIFYING'),
      observation(given.bookUuid, 4, 'VERIFIED'),
    ]);
    expect(await stored()).toMatchObject({ status: 'DELETED', observedAt: second(2), generation: 1 });
  });

  test('leaves nothing complete or open', async () => {
    await writeBook(given.table, observation(given.bookUuid, 1, 'VERIFIED'));
    await updateBook(
      given.table,
      given.bookUuid,
      (book) => book && { ...book, complete: true, open: ['income'] },
    );
    await writeBook(given.table, observation(given.bookUuid, 2, 'DELETED'));
    const book = await stored();
    expect(book).not.toHaveProperty('complete');
    expect(book).not.toHaveProperty('open');
  });
});

test('a later observation without pk, name and class keeps those that are known, and another name replaces one', async () => {
  await writeAll(given.table, [
    { ...observation(given.bookUuid, 1, 'VERIFYING'), bookPk: '77', name: 'n', bookClass: 'COMPLETE' },
    observation(given.bookUuid, 2, 'VERIFIED'),
  ]);
  expect(await stored()).toMatchObject({ bookPk: '77', name: 'n', bookClass: 'COMPLETE' });
  await writeBook(given.table, { ...observation(given.bookUuid, 3, 'VERIFIED'), name: 'm' });
  expect(await stored()).toMatchObject({
    name: 'm',
    generation: 1,
    endedAt: second(2),
    changedAt: second(2),
  });
});
