import { describe, expect, test } from 'vitest';
import { CLASSIFY_ONLY } from '../../../shared/checklist/kinds.ts';
import { type Book, deleteBook, dueBy, newBook, updateBook } from '../../../shared/store/books.ts';
import { dueShard } from '../../../shared/store/keys.ts';
import { document, GRACE, observation, second, WRITER, writeBook } from '../testing/observations.ts';
import { at, observed, useBook } from '../testing/write-book.ts';

const given = useBook();
const { stored } = given;

test('another class decides whether the book is finished, although nothing else has changed', () => {
  const classified = [document('CLASSIFIED')];
  const book = observed(undefined, observation(given.bookUuid, 1, 'VERIFYING', classified));
  expect(book.endedAt).toBeUndefined();
  const known = observed(book, {
    ...observation(given.bookUuid, 2, 'VERIFYING', classified),
    bookClass: CLASSIFY_ONLY,
  });
  expect(known).toMatchObject({ bookClass: CLASSIFY_ONLY, endedAt: second(2) });
  const upgraded = observed(known, {
    ...observation(given.bookUuid, 3, 'VERIFYING', classified),
    bookClass: 'INSTANT',
  });
  expect(upgraded.endedAt).toBeUndefined();
});

test('the account that was shown the book owns it; the creation time is kept', async () => {
  const event = { account: 'wrong', source: 'webhook', now: at(5) } as const;
  await updateBook(
    given.table,
    given.bookUuid,
    (book) => book ?? newBook(given.bookUuid, { bookUuid: given.bookUuid }, event),
  );
  await writeBook(given.table, observation(given.bookUuid, 6, 'VERIFIED'), {
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
  const book = observed(undefined, observation(given.bookUuid, 1, 'VERIFIED'));
  const refused: Book = { ...book, refused: { code: '1401', since: second(2), count: 3 } };
  const shown = observed(refused, observation(given.bookUuid, 9, 'VERIFIED'));
  expect(shown.refused).toBeUndefined();
  expect(shown).toMatchObject({ generation: 1, endedAt: second(1), observedAt: second(9) });
});

describe('the schedule', () => {
  const scheduled = (dueAt: number): Book => ({
    ...newBook(given.bookUuid, { bookUuid: given.bookUuid }, WRITER),
    dueAt: second(dueAt),
  });

  test('an earlier due time is kept, a later one is replaced', () => {
    const book = scheduled(100);
    expect(dueBy(book, at(200))).toBe(book);
    expect(dueBy(book, at(100))).toBe(book);
    expect(dueBy(book, at(50))).toMatchObject({ dueAt: second(50), dueShard: dueShard(given.bookUuid) });
  });

  test('a book that was no longer polled is polled again', () => {
    const { dueAt: _, dueShard: __, ...over } = scheduled(0);
    expect(dueBy(over, at(50))).toMatchObject({ dueAt: second(50), dueShard: dueShard(given.bookUuid) });
  });

  test('a change makes the book due after the time of webhooks, and never later than it was', () => {
    const book = { ...observed(undefined, observation(given.bookUuid, 1, 'VERIFYING')), dueAt: second(100) };
    expect(observed(book, observation(given.bookUuid, 2, 'VERIFIED'), 50)).toMatchObject({
      dueAt: second(100),
    });
    const late = { ...book, dueAt: second(100_000) };
    expect(observed(late, observation(given.bookUuid, 2, 'VERIFIED'), 50)).toMatchObject({
      dueAt: second(50 + GRACE),
    });
  });
});

test('entries are separate attributes, and are read as they were written', async () => {
  const entry = {
    state: 'pending',
    version: 1,
    since: second(1),
    attempts: 3,
    nextAt: second(9),
    code: '1404',
    job: 'j',
  } as const;
  await updateBook(given.table, given.bookUuid, () => ({
    ...newBook(given.bookUuid, { bookUuid: given.bookUuid }, WRITER),
    entries: { income: entry, 'business#x#y': entry },
  }));
  expect((await stored())?.entries).toEqual({ income: entry, 'business#x#y': entry });
  const item = await given.table.get({ bookId: given.bookUuid, item: 'BOOK' });
  expect(item).toMatchObject({ 'need#income': entry, 'need#business#x#y': entry });
  expect(item).not.toHaveProperty('entries');
});

test('a book is removed only as it was read', async () => {
  const first = await writeBook(given.table, observation(given.bookUuid, 1, 'VERIFYING'));
  const second = await writeBook(given.table, observation(given.bookUuid, 2, 'VERIFIED'));
  if (first === undefined || second === undefined) throw new Error('not written');
  expect(await deleteBook(given.table, first)).toBe(false);
  expect(await stored()).toMatchObject({ status: 'VERIFIED' });
  expect(await deleteBook(given.table, second)).toBe(true);
  expect(await stored()).toBeUndefined();
});
