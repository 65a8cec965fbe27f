import { describe, expect, test } from 'vitest';
import type { Entries, Entry } from '../../../../shared/checklist/entry.ts';
import { type Book, updateBook } from '../../../../shared/store/books.ts';
import { BOOK_STATUS, Circuits } from '../../../../shared/store/polling/circuits.ts';
import { document, observation, second, TIMES, writeBook, writeDocument } from '../testing/observations.ts';
import { useResults } from '../testing/results.ts';

const given = useResults();
const { bookId } = given;
const writeDoc = (...args: readonly [ReturnType<typeof document>, Entries?]) =>
  writeDocument(given.table, bookId, ...args);

/** The mark of the 5th second. */
const wanted = Date.parse(second(5));
const marked: Entry = { wanted, answered: 0 };
const tried: Entry = {
  ...marked,
  tried: wanted,
  tries: 3,
  since: second(6),
  nextAt: second(900),
  code: '1404',
};
const { nextAt: _, ...expired } = tried;
const closed: Entry = { wanted, answered: wanted, state: 'stored', at: second(6) };

/** A book that no rule of the observation has changed. */
const write = async (more: Partial<Book>, entries: Entries = {}) => {
  await writeBook(given.table, observation(bookId, 1, 'VERIFYING'));
  await updateBook(given.table, bookId, (book) => book && { ...book, ...more, entries });
};
const missing = async () =>
  (await given.reader.missing(bookId)).map(
    ({ kind, subject, state }) => `${state} ${kind} ${subject.replace(bookId, 'book')}`,
  );

describe('a result of the book is missing while it is open', () => {
  test('asked for without success: with its attempts, its code and its next attempt', async () => {
    await write({ open: ['income'] }, { income: tried });
    expect(await given.reader.missing(bookId)).toEqual([
      {
        kind: 'income',
        subject: bookId,
        state: 'pending',
        since: second(6),
        attempts: 3,
        nextAt: second(900),
        code: '1404',
        heldBy: null,
      },
    ]);
  });

  test('marked, and not asked for yet: since it was marked', async () => {
    await write({ open: ['business'] }, { 'business#x': marked });
    const expected = { since: second(5), attempts: 0, nextAt: null, code: null, heldBy: null };
    expect(await given.reader.missing(bookId)).toEqual([
      { kind: 'business', subject: 'x', state: 'wanted', ...expected },
    ]);
  });

  test.each<[string, Entry, string]>([
    ['marked again since it was asked for', { ...tried, wanted: wanted + 1 }, 'wanted'],
    ['marked again since it was answered', { ...closed, wanted: wanted + 1 }, 'wanted'],
    ['scheduled, and not asked for yet', { ...tried, tries: 0, since: undefined }, 'wanted'],
    ['no longer asked for', expired, 'expired'],
  ])('%s', async (_what, income, state) => {
    await write({ open: ['income'] }, { income });
    expect(await missing()).toEqual([`${state} income book`]);
  });
});

test('nothing that is answered is missing, nor what is only probed', async () => {
  await write(
    { open: ['summary'] },
    {
      summary: closed,
      income: { ...closed, state: 'unavailable', code: '9006' },
      classification: { wanted: 0, answered: 0, nextAt: second(900) },
    },
  );
  expect(await missing()).toEqual([]);
});

describe('of documents', () => {
  test('each lacks what it should have and has not, with or without an entry', async () => {
    await write({ open: ['forms', 'signals', 'transactions'] });
    const entries = { forms: closed, transactions: tried, signals: tried };
    await writeDoc(document('VERIFICATION_COMPLETE', 'a'), entries);
    await writeDoc(document('VERIFICATION_COMPLETE', 'b'), { transactions: closed });
    expect(await missing()).toEqual(['pending transactions a', 'pending signals a', 'wanted forms b']);
    // Nothing has marked these: `since` is the time at which the document was first known to have results.
    expect((await given.reader.missing(bookId)).at(-1)).toMatchObject({ since: second(1) });
  });

  test('one without results lacks nothing but signals that an event has named', async () => {
    await write({ open: ['forms', 'signals', 'transactions'] });
    await writeDoc(document('REJECTED', 'a'), { forms: tried, signals: tried });
    await writeDoc({ ...document('COMPLETED', 'b'), mixed: true }, { forms: tried });
    await writeDoc(document('UNLISTED', 'c'), { forms: tried, signals: tried });
    expect(await missing()).toEqual(['pending signals a']);
  });
});

test('a kind that the book does not lack is never asked for, or is not part of the contract', async () => {
  await write({ open: [] }, { income: tried });
  await writeDoc(document('VERIFICATION_COMPLETE', 'a'), { transactions: tried });
  expect(await missing()).toEqual([]);
});

test('of a book that only an event has named, whatever it has announced is missing', async () => {
  await write({ open: undefined }, { income: marked });
  expect(await missing()).toEqual(['wanted income book']);
});

test('a deleted book lacks nothing', async () => {
  await write({ open: ['income'] }, { income: tried });
  await writeBook(given.table, observation(bookId, 9, 'DELETED'));
  expect(await missing()).toEqual([]);
});

describe('while Ocrolus is not asked for it, it has the code and the attempts of', () => {
  const held = async () =>
    (await given.reader.missing(bookId)).map(
      ({ kind, attempts, code, heldBy }) => `${kind} ${attempts} ${code} ${heldBy}`,
    );
  /** Opens a circuit of the account. */
  const refuse = async (kind: string, code: string, books = 20) => {
    const circuits = new Circuits(given.table, TIMES, () => Date.parse(second(10)));
    for (let n = 0; n < books; n += 1) await circuits.refused('default', kind, code, `b${n}`);
  };
  const refused = { code: '2102', since: second(6), count: 4 };

  test('Book status, which refuses the book', async () => {
    await write({ open: ['income', 'summary'], refused }, { income: tried, summary: marked });
    expect(await held()).toEqual(['income 7 2102 book-status', 'summary 4 2102 book-status']);
  });

  test('the circuit of Book status, in place of the code that says that it is open', async () => {
    await write(
      { open: ['income'], refused: { ...refused, code: 'circuit-open', count: 0 } },
      { income: marked },
    );
    expect(await held()).toEqual(['income 0 circuit-open circuit']);
    await refuse(BOOK_STATUS, 'auth');
    expect(await held()).toEqual(['income 0 auth circuit']);
  });

  test('refused credentials, also of a book that was not looked at since', async () => {
    await write({ open: ['income'] }, { income: marked });
    await refuse(BOOK_STATUS, '1401');
    expect(await held()).toEqual(['income 0 null null']);
    await refuse(BOOK_STATUS, 'auth');
    expect(await held()).toEqual(['income 0 auth circuit']);
  });

  test('the circuit of its kind, of its account, once that is open', async () => {
    await write({ open: ['income', 'summary'] }, { income: marked, summary: tried });
    await refuse('income', '1203', 19);
    expect(await held()).toEqual(['income 0 null null', 'summary 3 1404 null']);
    await refuse('income', '1203');
    expect(await held()).toEqual(['income 0 1203 circuit', 'summary 3 1404 null']);
    await updateBook(given.table, bookId, (book) => book && { ...book, account: 'another' });
    expect(await held()).toEqual(['income 0 null null', 'summary 3 1404 null']);
  });

  test('its own answer, if only other books were refused because they lack the result', async () => {
    await write({ open: ['income'] }, { income: marked });
    await refuse('income', 'http-404');
    expect(await held()).toEqual(['income 0 null null']);
  });
});
