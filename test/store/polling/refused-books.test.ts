import { describe, expect, it } from 'vitest';
import { type Book, newBook, observeBook } from '../../../shared/store/books.ts';
import { refuseBook } from '../../../shared/store/polling/refused-books.ts';
import { observation, second, TIMES, WRITER } from '../testing/observations.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (n: number) => Date.parse(second(n));
const entries = {
  income: { state: 'wanted', version: 1, since: second(0), attempts: 2, nextAt: second(5) },
} as const;
const named: Book = { ...newBook('b', { bookUuid: 'b' }, WRITER), entries };
const observed: Book = {
  ...observeBook(undefined, observation('b', 0, 'VERIFIED'), WRITER, TIMES),
  entries,
  complete: false,
};

const refuse = (
  book: Book,
  code: string,
  n: number,
  more: { account?: string; isOutage?: boolean; accounts?: string[] } = {},
) =>
  refuseBook(book, {
    code,
    account: 'default',
    accounts: ['default'],
    isOutage: false,
    now: at(n),
    times: TIMES,
    random: 0.5,
    ...more,
  });

/** Polls at every time it is due. */
function poll(book: Book, code: string | ((n: number) => string), until: number) {
  const asked: number[] = [];
  let current = book;
  for (let n = 0; n <= until && asked.length < 1000; ) {
    asked.push(n);
    current = refuse(current, typeof code === 'string' ? code : code(asked.length), n);
    if (current.dueAt === undefined) break;
    n = (Date.parse(current.dueAt) - at(0)) / 1000;
  }
  return { book: current, asked };
}

describe('a book that Ocrolus refuses to show', () => {
  it('keeps its checklist and what is known of it', () => {
    for (const book of [named, observed]) {
      const { book: after } = poll(book, '2102', 3 * DAY);
      const { refused: _, updatedAt: __, dueAt: ___, ...known } = book;
      expect(after).toMatchObject(known);
      expect(after.refused).toMatchObject({ code: '2102', since: second(0) });
    }
  });

  it('is asked about again with pauses from five minutes to six hours, monthly after the horizon, for a year', () => {
    const { asked, book } = poll(observed, 'http-403', 500 * DAY);
    const pauses = asked.slice(1).map((n, i) => Math.round((n - (asked[i] ?? 0)) / MINUTE));
    expect(pauses.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 320, 360]);
    expect(pauses.at(-1)).toBe(30 * 24 * 60);
    expect(asked.length).toBeLessThan(160);
    expect(book).not.toMatchObject({ dueAt: expect.anything() });
    expect(book.status).toBe('VERIFIED');
  });

  it('is due at slightly different times', () => {
    const dues = [0, 0.999].map(
      (random) =>
        refuseBook(observed, {
          code: 'x',
          account: 'default',
          accounts: [],
          isOutage: false,
          now: at(0),
          times: TIMES,
          random,
        }).dueAt,
    );
    expect(dues).toEqual([second(270), expect.stringMatching(/^2026-03-02T08:05:29/)]);
  });
});

describe('NOT_FOUND', () => {
  it('is concluded after hours of nothing but "not found"', () => {
    const { book: before } = poll(named, '1401', 5 * HOUR);
    expect(before.status).toBeUndefined();
    const { book, asked } = poll(named, '1401', 30 * DAY);
    expect(book).toMatchObject({ status: 'NOT_FOUND', entries });
    expect(asked.length).toBeLessThan(15);
    expect(book.complete).toBeUndefined();
    expect(book.open).toBeUndefined();
  });

  it.each(['http-404', 'http-403', '2102', 'auth', 'no-credentials'])(
    'is never concluded from %s: a proxy says so too',
    (code) => {
      expect(poll(observed, code, 60 * DAY).book.status).toBe('VERIFIED');
    },
  );

  it('counts from the first "not found" in a row', () => {
    const flapping = poll(named, (n) => (n % 2 === 0 ? 'http-404' : '1401'), 2 * DAY);
    expect(flapping.book.status).toBeUndefined();
  });

  it('is not concluded while many books of the account are refused', () => {
    let book = named;
    for (let n = 0; n < 20; n += 1) book = refuse(book, '1401', n * HOUR, { isOutage: true });
    expect(book.status).toBeUndefined();
  });

  it('of a book that was never seen takes every account', () => {
    const accounts = ['default', 'other'];
    let book = named;
    for (let n = 0; n < 20; n += 1) book = refuse(book, '1401', n * HOUR, { accounts });
    expect(book.status).toBeUndefined();
    book = refuse(book, '1401', 21 * HOUR, { accounts, account: 'other' });
    expect(book.status).toBe('NOT_FOUND');
  });

  it('of a book that was never seen takes no more than 2102 from accounts whose own it is not', () => {
    const accounts = ['default', 'other'];
    let book = named;
    for (let n = 0; n < 6; n += 1) {
      book = refuse(book, '1401', 2 * n * HOUR, { accounts });
      book = refuse(book, '2102', (2 * n + 1) * HOUR, { accounts, account: 'other' });
    }
    expect(book.status).toBe('NOT_FOUND');
  });

  it('is not concluded of a book that is only said to be of another', () => {
    expect(poll(named, '2102', 10 * DAY).book.status).toBeUndefined();
  });

  it('of a book that was seen takes the account that has shown it', () => {
    const accounts = ['default', 'other'];
    let book = observed;
    for (let n = 0; n < 20; n += 1) book = refuse(book, '1401', n * HOUR, { accounts, account: 'other' });
    expect(book.status).toBe('VERIFIED');
    book = refuse(book, '1401', 21 * HOUR, { accounts });
    expect(book.status).toBe('NOT_FOUND');
  });

  it('is active again after any success', () => {
    const { book } = poll(observed, '1401', DAY);
    expect(book.status).toBe('NOT_FOUND');
    const revived = observeBook(
      book,
      observation('b', 2 * DAY, 'VERIFIED'),
      { ...WRITER, now: at(2 * DAY) },
      TIMES,
    );
    expect(revived).toMatchObject({ status: 'VERIFIED', generation: 1, entries });
    expect(revived.refused).toBeUndefined();
    expect(revived.complete).not.toBe(true);
  });
});

it('a deleted book that is no longer shown is left unchanged', () => {
  const deleted = observeBook(observed, observation('b', 10, 'DELETED'), WRITER, TIMES);
  const after = refuse(deleted, '1401', 20);
  expect(after).toMatchObject({ status: 'DELETED' });
  expect([after.dueAt, after.refused]).toEqual([undefined, undefined]);
});
