import { beforeEach, describe, expect, it } from 'vitest';
import { BOOK_STATUS, bookStatusSuppressedBy, Circuits } from '../../../../shared/store/polling/circuits.ts';
import { type Clock, createClock } from '../testing/clock.ts';
import { type MemoryTable, memoryTable } from '../testing/memory-table.ts';
import { TIMES } from '../testing/observations.ts';

let table: MemoryTable;
let clock: Clock;
let circuits: Circuits;
beforeEach(async () => {
  table = await memoryTable();
  clock = createClock();
  circuits = new Circuits(table, TIMES, clock.now);
});

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const another = () => new Circuits(table, TIMES, clock.now);
const refuse = (bookId: string, code = 'http-403', kind = 'summary', by = circuits) =>
  by.refused('default', kind, code, bookId);
const stateOf = (kind = 'summary', by = another()) => by.state('default', kind);
const open = async (code = 'http-403', kind = 'summary') => {
  for (let n = 0; n < 20; n += 1) await refuse(`book-${n}`, code, kind);
};

describe('a circuit opens', () => {
  it('with the twentieth book in a row that is refused with the same code', async () => {
    for (let n = 0; n < 19; n += 1) await refuse(`book-${n}`);
    expect(await stateOf()).toEqual({ state: 'closed' });
    const at = clock.iso();
    await refuse('book-19');
    expect(await stateOf()).toEqual({ state: 'open', since: at, code: 'http-403' });
  });

  it('where twenty are refused at once, by different processes', async () => {
    const books = Array.from({ length: 20 }, (_, n) => `book-${n}`);
    for (let start = 0; start < 20; start += 5) {
      await Promise.all(
        books.slice(start, start + 5).map((book) => refuse(book, 'http-403', 'summary', another())),
      );
    }
    expect(await stateOf()).toMatchObject({ state: 'open' });
  });
});

describe('a circuit stays closed', () => {
  it('for one book that is refused again and again', async () => {
    for (let n = 0; n < 50; n += 1) await refuse('book', 'http-403', 'summary', another());
    expect(await stateOf()).toEqual({ state: 'closed' });
  });

  it('where another answer came in between', async () => {
    for (let n = 0; n < 19; n += 1) await refuse(`book-${n}`);
    await circuits.answered('default', 'summary');
    await refuse('book-19');
    expect(await stateOf()).toEqual({ state: 'closed' });
  });

  it('where another refusal came in between', async () => {
    for (let n = 0; n < 19; n += 1) await refuse(`book-${n}`);
    await refuse('other', '2102');
    for (let n = 19; n < 38; n += 1) await refuse(`book-${n}`);
    expect(await stateOf()).toEqual({ state: 'closed' });
  });

  it('for other kinds and other accounts', async () => {
    await open();
    expect(await stateOf('cash-flow')).toEqual({ state: 'closed' });
    expect(await another().state('other', 'summary')).toEqual({ state: 'closed' });
    const states = await another().states('default', ['summary', 'cash-flow']);
    expect([states('summary').state, states('cash-flow').state, states('income').state]).toEqual([
      'open',
      'closed',
      'closed',
    ]);
  });
});

describe('an open circuit', () => {
  it('allows one call an hour, to the first caller', async () => {
    await open();
    expect(await another().takeCanary('default', 'summary')).toBe(false);
    for (let hour = 0; hour < 3; hour += 1) {
      clock.advance(HOUR);
      expect(await stateOf()).toMatchObject({ state: 'canary' });
      const taken = await Promise.all(
        Array.from({ length: 5 }, () => another().takeCanary('default', 'summary')),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await stateOf()).toMatchObject({ state: 'open' });
    }
  });

  it('is as old as its opening, whatever is refused later', async () => {
    const at = clock.iso();
    await open();
    clock.advance(HOUR);
    await another().takeCanary('default', 'summary');
    await refuse('late', 'http-403', 'summary', another());
    expect(await stateOf()).toMatchObject({ since: at, code: 'http-403' });
  });

  it.each([
    ['an answer', () => another().answered('default', 'summary')],
    ['another refusal', () => another().refused('default', 'summary', '1404', 'b')],
  ])('is closed by %s', async (_what, answer) => {
    await open();
    await answer();
    expect(await stateOf()).toEqual({ state: 'closed' });
    expect(await another().takeCanary('default', 'summary')).toBe(false);
  });

  it.each([
    ['http-403', 'open'],
    ['2301', 'closed'],
  ])('is not closed by "not yet", unless the refusals concern other books: %s', async (code, state) => {
    await open(code);
    await another().answered('default', 'summary', false);
    expect(await stateOf()).toMatchObject({ state });
  });

  it.each([
    ['auth', 'auth', 'closed'],
    ['auth', '1307', 'closed'],
    ['auth', 'http-403', 'open'],
    ['http-403', 'auth', 'open'],
  ])(
    'of Book status for %s that is closed leaves that of a kind for %s %s',
    async (ofStatus, ofKind, state) => {
      await open(ofStatus, BOOK_STATUS);
      await open(ofKind);
      await another().answered('default', BOOK_STATUS);
      expect(await stateOf()).toMatchObject({ state });
    },
  );

  it('of a kind for the credentials stays open while Book status is answered', async () => {
    await open('auth');
    await refuse('book', 'auth', BOOK_STATUS);
    await another().answered('default', BOOK_STATUS);
    expect(await stateOf()).toMatchObject({ state: 'open' });
  });
});

describe('what it costs', () => {
  /** Requests to the table. */
  const costOf = async (work: () => Promise<unknown>) => {
    const { reads, writes } = table.requests;
    await work();
    return { reads: table.requests.reads - reads, writes: table.requests.writes - writes };
  };

  it('a process reads the circuits of an account once a minute, and writes nothing while all is well', async () => {
    const wellFor = (calls: number) => async () => {
      for (let n = 0; n < calls; n += 1) {
        await circuits.state('default', 'summary');
        await circuits.answered('default', 'summary');
      }
    };
    expect(await costOf(wellFor(100))).toEqual({ reads: 1, writes: 0 });
    clock.advance(MINUTE);
    expect(await costOf(wellFor(1))).toEqual({ reads: 1, writes: 0 });
  });

  it('refusals of a circuit that is open already are not written', async () => {
    await open();
    const by = another();
    const cost = await costOf(async () => {
      for (let n = 100; n < 200; n += 1) await refuse(`book-${n}`, 'http-403', 'summary', by);
    });
    expect(cost).toEqual({ reads: 1, writes: 0 });
  });

  it('a circuit that another process has opened is seen within a minute', async () => {
    const mine = another();
    expect(await mine.state('default', 'summary')).toEqual({ state: 'closed' });
    await open();
    clock.advance(MINUTE);
    expect(await mine.state('default', 'summary')).toMatchObject({ state: 'open' });
  });
});

describe('Book status', () => {
  const isSuppressed = async () => (await bookStatusSuppressedBy(another(), 'default')) !== undefined;

  it('is asked for while its circuit is closed', async () => {
    expect(await isSuppressed()).toBe(false);
  });

  it('is not asked for while the account is refused, but for one call every five minutes', async () => {
    await open('auth', BOOK_STATUS);
    expect(await isSuppressed()).toBe(true);
    clock.advance(5 * MINUTE);
    expect([await isSuppressed(), await isSuppressed()]).toEqual([false, true]);
  });

  it.each(['1401', 'http-404', '2102'])('is requested although many books answer %s', async (code) => {
    await open(code, BOOK_STATUS);
    expect(await stateOf(BOOK_STATUS)).toMatchObject({ state: 'open' });
    expect(await isSuppressed()).toBe(false);
  });
});
