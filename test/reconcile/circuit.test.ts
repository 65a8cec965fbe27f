import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { newBook, updateBook } from '../../shared/store/books.ts';
import { signals } from '../consumers/testing/answers.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { saysEverything } from './testing/answers.ts';

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
