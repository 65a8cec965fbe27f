import { describe, expect, it } from 'vitest';
import { type Book, newBook } from '../../../../shared/store/books.ts';
import { type RefusedLook, refuseBook } from '../../../../shared/store/polling/refused-books.ts';
import { observation, second, observed as seen, TIMES, WRITER } from '../testing/observations.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (n: number) => Date.parse(second(n));
const entries = {
  income: { wanted: 2, answered: 1, tried: 2, tries: 2, since: second(0), nextAt: second(5) },
};
const named: Book = { ...newBook('b', { bookUuid: 'b' }, WRITER), entries };
const observed: Book = {
  ...seen(undefined, observation('b', 0, 'VERIFIED')),
  entries,
  complete: false,
};

const refuse = (book: Book, code: string, n: number, more: Partial<RefusedLook> = {}) =>
  refuseBook(book, {
    code,
    class: 'refused',
    account: 'default',
    accounts: ['default'],
    isOutage: false,
    now: at(n),
    times: TIMES,
    random: 0.5,
    ...more,
  });

/** Looks at every time it is due. */
function look(
  book: Book,
  code: string | ((n: number) => string),
  until: number,
  more: Partial<RefusedLook> = {},
) {
  const asked: number[] = [];
  let current = book;
  for (let n = 0; n <= until && asked.length < 1000; ) {
    asked.push(n);
    current = refuse(current, typeof code === 'string' ? code : code(asked.length), n, more);
    if (current.dueAt === undefined) break;
    n = (Date.parse(current.dueAt) - at(0)) / 1000;
  }
  return { book: current, asked };
}

describe('a book that Ocrolus refuses to show', () => {
  it('keeps its checklist and what is known of it', () => {
    for (const book of [named, observed]) {
      const { book: after } = look(book, '2102', 3 * DAY);
      const { refused: _, updatedAt: __, dueAt: ___, ...known } = book;
      expect(after).toMatchObject(known);
      expect(after.refused).toMatchObject({ code: '2102', since: second(0) });
    }
  });

  const pausesOf = (asked: readonly number[]) =>
    asked.slice(1).map((n, i) => Math.round((n - (asked[i] ?? 0)) / MINUTE));

  it('is asked about again with pauses from five minutes to six hours, monthly after the horizon, for a year', () => {
    const { asked, book } = look(observed, 'http-403', 500 * DAY);
    const pauses = pausesOf(asked);
    // Half of the time that this lasts.
    expect(pauses.slice(0, 5)).toEqual([5, 5, 5, 8, 11]);
    expect(Math.max(...pauses.slice(0, 100))).toBe(6 * 60);
    expect(pauses.at(-1)).toBe(30 * 24 * 60);
    expect(asked.length).toBeLessThan(170);
    expect([book.dueAt, book.dueShard]).toEqual([undefined, undefined]);
    expect(book.status).toBe('VERIFIED');
  });

  it.each(['failed', 'suppressed'] as const)(
    'is looked at within an hour of the end of an outage: %s',
    (kind) => {
      const { asked, book } = look(observed, '1401', 2 * DAY, { class: kind });
      expect(Math.max(...pausesOf(asked))).toBe(60);
      expect(book).toMatchObject({ status: 'VERIFIED', refused: { count: 0 } });
      expect(book.refused).not.toHaveProperty('notFound');
    },
  );

  it('is asked about with the next account within minutes, however long it was refused, if one does not know it', () => {
    const accounts = ['default', 'other'];
    const failed = refuse(named, 'http-503', 0, { class: 'failed', accounts });
    const unknown = refuse(failed, '1401', 11 * HOUR, { accounts });
    expect(Date.parse(unknown.dueAt ?? '') - at(11 * HOUR)).toBeLessThanOrEqual(5 * MINUTE * 1000);
    const everywhere = refuse(unknown, '1401', 11 * HOUR + 300, { accounts, account: 'other' });
    expect(Date.parse(everywhere.dueAt ?? '') - at(11 * HOUR)).toBeGreaterThan(HOUR * 1000);
  });

  it.each(['1401', '2102'])('is asked about with every account within minutes of an outage: %s', (code) => {
    const accounts = ['alpha', 'beta', 'gamma'];
    let book = look(named, code, HOUR, { accounts, account: 'alpha' }).book;
    for (const account of accounts) book = refuse(book, code, 2 * HOUR, { accounts, account });
    book = refuse(book, 'circuit-open', 12 * HOUR, { accounts, class: 'suppressed' });
    const pauses = ['beta', 'gamma', 'alpha'].map((account) => {
      book = refuse(book, code, 13 * HOUR, { accounts, account });
      return Date.parse(book.dueAt ?? '') - at(13 * HOUR);
    });
    expect(pauses.slice(0, 2)).toEqual([100_000, 100_000]);
    expect(pauses[2]).toBeGreaterThanOrEqual(2 * HOUR * 1000);
  });

  it('is due at slightly different times', () => {
    const dues = [0, 0.999].map((random) => refuse(observed, 'x', 0, { random }).dueAt);
    expect(dues).toEqual([second(270), expect.stringMatching(/^2026-03-02T08:05:29/)]);
  });

  it('is remembered as of an account that is no longer served, until it is shown', () => {
    const once = refuse(observed, '2102', 0, { accounts: ['other'], account: 'other' });
    expect(once.refused).toMatchObject({ elsewhere: true });
    expect(refuse({ ...once, account: 'other' }, '2102', 1, { accounts: ['other'] }).refused).toMatchObject({
      elsewhere: true,
    });
    expect(refuse(observed, '2102', 0).refused).not.toHaveProperty('elsewhere');
  });
});

describe('NOT_FOUND', () => {
  it('is concluded after hours of nothing but "not found"', () => {
    const { book: before } = look(named, '1401', 5 * HOUR);
    expect(before.status).toBeUndefined();
    const { book, asked } = look(named, '1401', 30 * DAY);
    expect(book).toMatchObject({ status: 'NOT_FOUND', entries });
    // Then it is looked at daily.
    expect(asked.length).toBeLessThan(50);
    expect(book.complete).toBeUndefined();
    expect(book.open).toBeUndefined();
  });

  it.each(['http-404', 'http-403', '2102', 'auth', 'no-credentials'])(
    'is never concluded from %s, which a proxy says too',
    (code) => {
      expect(look(observed, code, 60 * DAY).book.status).toBe('VERIFIED');
    },
  );

  it('counts from the first "not found" in a row', () => {
    const flapping = look(named, (n) => (n % 2 === 0 ? 'http-404' : '1401'), 2 * DAY);
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
    expect(look(named, '2102', 10 * DAY).book.status).toBeUndefined();
  });

  it('of a book that was seen takes the account that has shown it', () => {
    const accounts = ['default', 'other'];
    let book = observed;
    for (let n = 0; n < 20; n += 1) book = refuse(book, '1401', n * HOUR, { accounts, account: 'other' });
    expect(book.status).toBe('VERIFIED');
    book = refuse(book, '1401', 21 * HOUR, { accounts });
    expect(book.status).toBe('NOT_FOUND');
  });

  it('stays where Ocrolus then fails, and takes daily looks', () => {
    const { book } = look(observed, '1401', DAY);
    expect(book.status).toBe('NOT_FOUND');
    const next = refuse(book, 'network', DAY, { class: 'failed' });
    const since = book.refused?.notFound?.since;
    expect(next).toMatchObject({ status: 'NOT_FOUND', refused: { notFound: { since } } });
    const { dueAt = '' } = refuse(book, '1401', 10 * DAY);
    expect((Date.parse(dueAt) - at(10 * DAY)) / 1000).toBe(DAY);
  });

  it('ends with any success: the book is observed, and not complete', () => {
    const { book } = look(observed, '1401', DAY);
    const revived = seen(book, observation('b', 2 * DAY, 'VERIFIED'), { now: at(2 * DAY) });
    expect(revived).toMatchObject({ status: 'VERIFIED', generation: 1, entries });
    expect(revived.refused).toBeUndefined();
    expect(revived.complete).not.toBe(true);
  });
});

it('a deleted book that is no longer shown is left unchanged', () => {
  const deleted = seen(observed, observation('b', 10, 'DELETED'));
  expect(refuse(deleted, '1401', 20)).toEqual({ ...deleted, dueAt: undefined, dueShard: undefined });
});
