import { describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { newBook, updateBook } from '../../shared/store/books.ts';
import { error, signals } from '../consumers/testing/answers.ts';
import { targetOf } from '../consumers/testing/ocrolus.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { FORBIDDEN, saysEverything } from './testing/answers.ts';
import { book, createBookHarness, deliver, results } from './testing/harness.ts';

test('a product that is not enabled opens the circuit: few calls are made, and everything is fetched once it is enabled', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  const books = Array.from({ length: 30 }, (_, n) => `b${n}`);
  for (const book of books) {
    saysEverything(ocrolus, book, [`d-${book}`]);
    ocrolus.says(calls.bookSignals(book), { httpStatus: 403, body: { message: 'Forbidden' } });
    const writer = { account: 'default', source: 'poll', now: harness.clock.now() } as const;
    await updateBook(harness.table, book, () => newBook(book, { bookUuid: book }, writer));
  }
  await harness.live(3);
  // One canary an hour, besides what opened the circuit.
  expect(ocrolus.count('book-fraud-signals')).toBeLessThan(150);
  const complete = async () => {
    const all = await Promise.all(books.map((book) => harness.reader.book(book)));
    return all.filter((book) => book?.complete === true).length;
  };
  expect(await complete()).toBe(30);
  for (const book of books)
    ocrolus.says(calls.bookSignals(book), signals(book, { [`d-${book}`]: 'COMPLETED' }));
  await harness.live(5);
  for (const book of books) {
    expect((await harness.reader.results(book)).map(({ kind }) => kind)).toContain('signals');
  }
  expect(await complete()).toBe(30);
}, 120_000);

describe('results are asked for while the circuit of their kind is open', () => {
  /** A lender of pay stubs only: the transactions of its books do not exist, which opens the circuit. */
  const createOpen = async (code: number, httpStatus = 404) => {
    const harness = await createBookHarness();
    const { ocrolus } = harness;
    for (let n = 0; n < 25; n += 1) {
      saysEverything(ocrolus, `w${n}`, [`v${n}`]);
      ocrolus.says(calls.documentTransactions(`w${n}`, `v${n}`), error(httpStatus, code));
      const ids = { bookUuid: `w${n}`, uploadedDocUuid: `v${n}` };
      await deliver(harness, 'DOC_VERIFIED', ids, { attempts: 3 });
    }
    await harness.liveHours(30);
    // The canary of this hour is used up when its first bank statement is verified.
    await harness.consumers.dependencies.circuits.takeCanary('default', 'transactions');
    ocrolus.asked.length = 0;
    return harness;
  };
  const isAsked = ({ ocrolus }: PollerHarness) =>
    ocrolus.asked.some(({ target }) => target === targetOf(calls.documentTransactions('b', 'd')));

  test('at once, where other books lack the result, and an event announces it', async () => {
    const harness = await createOpen(1501);
    await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
    expect(await results(harness)).toContain('transactions d');
  });

  test('and again, where the first request fails', async () => {
    const harness = await createOpen(1501);
    const shown = harness.ocrolus.script(calls.documentTransactions('b', 'd'));
    harness.ocrolus.says(calls.documentTransactions('b', 'd'), { httpStatus: 503, body: {} });
    await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts: 3 });
    expect(await book(harness)).toMatchObject({ complete: false });
    harness.ocrolus.says(calls.documentTransactions('b', 'd'), ...shown);
    harness.clock.advance(20 * 60);
    await harness.run();
    await harness.process();
    expect(await results(harness)).toContain('transactions d');
  });

  test('also where their event is lost, whatever takes the canaries', async () => {
    const harness = await createOpen(1501);
    const { ocrolus } = harness;
    await deliver(harness, 'BOOK_VERIFIED');
    for (let n = 25; n < 30; n += 1) {
      saysEverything(ocrolus, `w${n}`, [`v${n}`]);
      ocrolus.says(calls.documentTransactions(`w${n}`, `v${n}`), error(404, 1501));
      await harness.consumers.dependencies.circuits.takeCanary('default', 'transactions');
      await deliver(harness, 'BOOK_VERIFIED', { bookUuid: `w${n}` });
      await harness.liveHours(1);
    }
    expect(await results(harness)).toContain('transactions d');
  });

  test('but not where the account may not have it', async () => {
    const harness = await createOpen(1203, 403);
    await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts: 3 });
    expect(isAsked(harness)).toBe(false);
  });
});

test.each([
  ['2301', error(404, 2301)],
  ['no code', { httpStatus: 400, body: { error: 'no income documents' } }],
])('income that an event announces is stored, while other books lack it: %s', async (_, lacking) => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(40);
  for (let n = 0; n < 25; n += 1) {
    const bookUuid = `o${n}`;
    saysEverything(ocrolus, bookUuid, [`${bookUuid}d`]);
    ocrolus.says(calls.incomeCalculations(bookUuid), lacking);
    ocrolus.says(calls.incomeSummary(bookUuid), lacking);
    await deliver(harness, 'BOOK_VERIFIED', { bookUuid });
  }
  // The probes open the circuit, and the canary of this hour is used up.
  await harness.live(4);
  await deliver(harness, 'book.income.generated', { bookUuid: 'o1' });
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [1] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await deliver(harness, 'book.income.generated');
  expect(await results(harness)).toContain('income b');
});

test('a part of a result that is refused to every book does not stop the other part', async () => {
  const harness = await createBookHarness({ RESULTS: JSON.stringify({ income: 'always' }) });
  const { ocrolus } = harness;
  const books = Array.from({ length: 45 }, (_, n) => `o${n}`);
  for (const bookUuid of books) {
    saysEverything(ocrolus, bookUuid, [`${bookUuid}d`]);
    ocrolus.says(calls.incomeCalculations(bookUuid), { body: { incomes: [1] } });
    ocrolus.says(calls.incomeSummary(bookUuid), FORBIDDEN);
  }
  for (const bookUuid of books.slice(0, 25)) await deliver(harness, 'BOOK_VERIFIED', { bookUuid });
  await harness.live(3);
  for (const bookUuid of books.slice(25)) await deliver(harness, 'BOOK_VERIFIED', { bookUuid });
  await harness.live(3);
  for (const bookUuid of books) expect(await results(harness, bookUuid)).toContain(`income ${bookUuid}`);
});

test('a circuit that this version cannot read is closed', async () => {
  const harness = await createBookHarness();
  const unreadable = {
    bookId: 'circuit',
    item: 'default#income',
    code: '1501',
    books: { count: 3 },
    revision: 1,
  };
  await harness.table.put(unreadable);
  expect(await deliver(harness, 'BOOK_VERIFIED')).toEqual([]);
  expect(await results(harness)).toContain('forms d');
});
