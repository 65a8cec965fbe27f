import { describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import {
  bookStatus,
  error,
  FORBIDDEN,
  saysEverything,
} from '../../../functions/consumers/testing/answers.ts';
import type { ScriptedReply } from '../../../functions/consumers/testing/ocrolus.ts';
import { makeBook } from '../../../functions/poller/testing/books.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const numbered = (prefix: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `${prefix}${from + n}`);

describe('what an event names', () => {
  const NOT_SERVED = error(403, 1203);
  const FLAGS: ScriptedReply = { body: { response: { suspicious_activity_results: [] } } };
  /** An event about each of some books, whose flags Ocrolus answers like this. */
  const deliver = async (from: number, to: number, reply: ScriptedReply) => {
    for (const bookUuid of numbered('b', from, to)) {
      book.answers(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
      book.answers(calls.suspiciousActivityFlags(bookUuid), reply);
      expect(await book.deliver('SUSPICIOUS_ACTIVITY', { bookUuid }, { attempts: 3 })).toEqual([]);
    }
  };
  const asked = () => book.ocrolus.count('suspicious-activity-flags');

  test('is no longer requested, if it was refused for 20 books, although Ocrolus was not ready for another in between', async () => {
    await deliver(0, 19, NOT_SERVED);
    await deliver(19, 20, error(425, 9004));
    book.clock.advance(61);
    await deliver(20, 25, NOT_SERVED);
    expect(asked()).toBe(21);
    expect(await book.reader.missing('b22')).toMatchObject([{ kind: 'suspicious-activity' }]);
    expect(await book.ledger('b22')).toMatchObject([{ outcome: 'waiting', reason: 'circuit-open' }]);
  });

  test.each<[string, ScriptedReply]>([
    ['a result', FLAGS],
    ['a permanent refusal', error(404, 9006)],
  ])('is requested once an hour, and %s closes the circuit', async (_, reply) => {
    await deliver(0, 20, NOT_SERVED);
    for (const other of [NOT_SERVED, error(425, 9004), NOT_SERVED]) {
      book.clock.advance(3600);
      await deliver(20, 25, other);
    }
    expect(asked()).toBe(23);
    book.clock.advance(3600);
    await deliver(20, 25, reply);
    expect(asked()).toBe(28);
  });
});

describe('results are asked for while the circuit of their kind is open', () => {
  /** A lender of pay stubs only: the transactions of its books do not exist, which opens the circuit. */
  const open = async (lacking: ScriptedReply) => {
    for (let n = 0; n < 25; n += 1) {
      saysEverything(book.ocrolus, `w${n}`, [`v${n}`]);
      book.answers(calls.documentTransactions(`w${n}`, `v${n}`), lacking);
      const ids = { bookUuid: `w${n}`, uploadedDocUuid: `v${n}` };
      await book.deliver('DOC_VERIFIED', ids, { attempts: 3 });
    }
    await book.liveHours(30);
    // The canary of this hour is used up when its first bank statement is verified.
    await takeCanary('transactions');
    book.ocrolus.asked.length = 0;
  };
  const takeCanary = (kind: string) => book.consumers.dependencies.circuits.takeCanary('default', kind);
  const LACKING = error(404, 1501);

  test('at once, where other books lack the result, and an event announces it', async () => {
    await open(LACKING);
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
    expect(await book.stored()).toContain('transactions d');
  });

  test('once, where other books are refused without a code, and an event announces it', async () => {
    await open(FORBIDDEN);
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
    expect(await book.stored()).toContain('transactions d');
    const ids = { bookUuid: 'w3', uploadedDocUuid: 'v3' };
    await takeCanary('transactions');
    book.ocrolus.asked.length = 0;
    for (const attempts of [3, 1]) await book.deliver('DOC_VERIFIED', ids, { attempts });
    expect(book.ocrolus.count('transactions')).toBe(2);
  });

  test('but not where the account may not have it', async () => {
    await open(error(403, 1203));
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts: 3 });
    expect(book.ocrolus.count('transactions')).toBe(0);
  });
});

test.each([
  { kind: 'summary', operation: 'Book-summary', call: calls.bookSummary, refusal: error(403, 1203) },
  { kind: 'signals', operation: 'book-fraud-signals', call: calls.bookSignals, refusal: FORBIDDEN },
  {
    kind: 'forms',
    operation: 'doc-form-data',
    call: (bookUuid: string) => calls.documentForms(`d-${bookUuid}`),
    refusal: FORBIDDEN,
  },
])(
  '$kind that no book gets costs a call an hour, then no book lacks it',
  async ({ kind, operation, call, refusal }) => {
    const books = numbered('b', 0, 25);
    for (const bookUuid of books) {
      await makeBook(book.table, bookUuid);
      saysEverything(book.ocrolus, bookUuid, [`d-${bookUuid}`]);
      book.answers(call(bookUuid), refusal);
    }
    await book.live(0.5);
    const before = book.ocrolus.count(operation);
    expect(before).toBeLessThan(60);
    await book.live(0.4);
    expect(book.ocrolus.count(operation) - before).toBeLessThanOrEqual(10);
    // An outage is possible for a day.
    expect(await book.shown('b0')).toMatchObject({ complete: false, open: [kind] });
    await book.live(2);
    for (const bookUuid of books)
      expect(await book.shown(bookUuid)).toMatchObject({ complete: true, open: [] });
    for (const bookUuid of books) saysEverything(book.ocrolus, bookUuid, [`d-${bookUuid}`]);
    await book.live(8);
    const subject = (bookUuid: string) => (kind === 'forms' ? `d-${bookUuid}` : bookUuid);
    for (const bookUuid of books) {
      expect(await book.stored(bookUuid)).toContain(`${kind} ${subject(bookUuid)}`);
      expect(await book.shown(bookUuid)).toMatchObject({ complete: true });
    }
  },
);

test('a part of a result that is refused to every book does not stop the other part', async () => {
  book.redeploy({ settings: { RESULTS: JSON.stringify({ income: 'always' }) } });
  const books = numbered('o', 0, 45);
  for (const bookUuid of books) {
    saysEverything(book.ocrolus, bookUuid, [`${bookUuid}d`]);
    book.answers(calls.incomeCalculations(bookUuid), { body: { incomes: [1] } });
    book.answers(calls.incomeSummary(bookUuid), FORBIDDEN);
  }
  for (const some of [books.slice(0, 25), books.slice(25)]) {
    for (const bookUuid of some) await book.deliver('BOOK_VERIFIED', { bookUuid });
    await book.live(3);
  }
  for (const bookUuid of books) expect(await book.stored(bookUuid)).toContain(`income ${bookUuid}`);
});

test.each([
  ['the credentials', error(401, 1200)],
  ['the account', error(403, 1307)],
])(
  'what is missing during a refusal of %s stays missing, however long, and is stored afterwards',
  async (_, refusal) => {
    const books = [...numbered('w', 0, 25), 'b'];
    const callsOf = (bookUuid: string) => [
      calls.bookStatus({ bookUuid }),
      calls.bookSummary(bookUuid),
      calls.cashFlowFeatures(bookUuid),
      calls.enrichedTransactions(bookUuid),
    ];
    for (const bookUuid of books) {
      saysEverything(book.ocrolus, bookUuid, [`${bookUuid}d`]);
      await book.deliver('BOOK_VERIFIED', { bookUuid });
    }
    await book.live(1);
    expect(await book.shown()).toMatchObject({ complete: true });
    for (const call of books.flatMap(callsOf)) book.answers(call, refusal);
    for (const bookUuid of books.slice(0, 25))
      await book.deliver('book.analytics_v2.generated', { bookUuid }, { attempts: 3 });
    await book.live(2);
    await book.deliver('book.analytics_v2.generated', {}, { attempts: 3 });
    await book.live(1);
    await book.deliver('book.detect.signal_found');
    expect(await book.shown()).toMatchObject({ complete: false });
    expect(await book.missing()).toContain('summary b');
    for (const bookUuid of books) saysEverything(book.ocrolus, bookUuid, [`${bookUuid}d`]);
    await book.liveHours(2);
    expect(await book.missing()).toEqual([]);
    expect(await book.shown()).toMatchObject({ complete: true });
  },
);

test('a circuit that this version cannot read is closed', async () => {
  const key = { bookId: 'circuit', item: 'default#income' };
  await book.table.put({ ...key, code: '1501', books: { count: 3 }, revision: 1 });
  expect(await book.deliver('BOOK_VERIFIED')).toEqual([]);
  expect(await book.stored()).toContain('forms d');
});
