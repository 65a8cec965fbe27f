import { expect, it } from 'vitest';
import { updateBook } from '../../shared/store/books.ts';
import { createBookList } from '../poller/testing/book-list.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';

/** As of a hundred thousand: so many come in three runs, those in a hundred and more. */
const UNKNOWN = 2100;
const PER_SECOND = 3;
const RUN_SECONDS = 300;

it('many unknown books are found run by run, at the pace of the poller, and each is handed over once', async () => {
  const list = createBookList();
  list.add(UNKNOWN);
  const table = await memoryTable();
  const accounts = { names: ['default'], client: () => list.client };
  const settings = { POLL_DISCOVER: 'true', POLL_REQUESTS_PER_SECOND: String(PER_SECOND) };
  const harness = createPollerHarness(table, settings, { accounts });
  const handedOver: string[] = [];
  const found: number[] = [];
  for (let run = 0; run < 4; run += 1) {
    const [startedAt, pagesBefore] = [harness.clock.now(), list.pages];
    const { discovered, polled } = await harness.run(RUN_SECONDS * 1000);
    found.push(discovered);
    const seconds = (harness.clock.now() - startedAt) / 1000;
    expect(seconds).toBeLessThan(RUN_SECONDS);
    // A group of ten is sent at once.
    expect(polled).toBeLessThanOrEqual(seconds * PER_SECOND + 11);
    // The pages that show new books, at most ten that are read again, and those that show that there are no more.
    expect(list.pages - pagesBefore).toBeLessThanOrEqual(discovered / 99 + 13);
    // Found books are handed over in the same run, except for the page during which the time ends.
    expect(polled).toBeGreaterThan(discovered - 100);
    // The consumers look at them.
    for (const { ids } of harness.sent.splice(0)) {
      const bookId = ids.bookUuid ?? '';
      handedOver.push(bookId);
      await updateBook(table, bookId, (book) => book && { ...book, dueAt: undefined, dueShard: undefined });
    }
    harness.clock.advance(RUN_SECONDS - seconds);
  }
  expect(found.slice(0, 3).every((books) => books > 0)).toBe(true);
  expect(found.reduce((sum, books) => sum + books, 0)).toBe(UNKNOWN);
  expect(handedOver.toSorted()).toEqual(list.uuids().toSorted());
}, 180_000);
