import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import type { Table } from '../../shared/store/table.ts';
import { useTables } from '../store/testing/table.ts';
import { failingBooks, numbered } from './testing/failing-books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

const createTable = useTables();

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await createTable());
});

const { booksDue, fails } = failingBooks(() => harness);

describe('failures', () => {
  test('of one book do not hold up the others, and it stays due', async () => {
    await booksDue('b0', 'b1', 'b2');
    fails('b1');
    expect(await harness.run()).toMatchObject({ polled: 2, failed: 1 });
    expect((await harness.due()).map(({ bookId }) => bookId)).toEqual(['b1']);
  });

  test('of Ocrolus end the run soon, and everything stays due', async () => {
    const books = numbered(40);
    await booksDue(...books);
    for (const bookUuid of books) fails(bookUuid);
    const report = await harness.run();
    expect(report).toMatchObject({ ran: true, polled: 0 });
    expect(harness.ocrolus.count('book-status')).toBeLessThan(10);
    expect(await harness.due()).toHaveLength(40);
  });

  test('of Ocrolus, for every account, end the run without a read of every due book, or discovery', async () => {
    await booksDue(...numbered(60));
    const { ocrolus, clock } = harness;
    for (const bookUuid of numbered(60)) fails(bookUuid);
    const listed = Array.from({ length: 50 }, (_, n) => ({ pk: n + 1, book_uuid: `new-${n}` }));
    ocrolus.says(calls.books(100, 0), { body: { response: listed } });
    for (const { book_uuid: bookUuid } of listed) fails(bookUuid);
    let reads = 0;
    const counting: Table = {
      ...harness.table,
      get: (key, attributes) => {
        reads += 1;
        return harness.table.get(key, attributes);
      },
    };
    const report = await createPollerHarness(counting, { POLL_DISCOVER: 'true' }, { clock, ocrolus }).run();
    expect(report).toMatchObject({ ran: true, polled: 0 });
    expect(reads).toBeLessThan(40);
    expect(report.discovered).toBeLessThan(5);
  });

  test('of the table end the run soon, too', async () => {
    await booksDue(...numbered(60));
    let reads = 0;
    const broken: Table = {
      ...harness.table,
      get: (key, attributes) => {
        if (!key.bookId.startsWith('b')) return harness.table.get(key, attributes);
        reads += 1;
        return Promise.reject(new Error('DynamoDB is down'));
      },
    };
    const report = await createPollerHarness(broken, {}, { clock: harness.clock }).run();
    expect(report).toMatchObject({ ran: true, polled: 0 });
    expect(report.failed).toBeLessThan(30);
    // Each is read again, to move it behind the others.
    expect(reads).toBeLessThan(60);
  });

  test('of books that always fail do not stop the poller from polling the others', async () => {
    const poisoned = numbered(20);
    await booksDue(...poisoned, 'good-1', 'good-2', 'good-3');
    for (const bookUuid of poisoned) fails(bookUuid);
    for (let run = 0; run < 10; run += 1) {
      await harness.run();
      harness.clock.advance(1);
    }
    for (const bookUuid of ['good-1', 'good-2', 'good-3']) {
      expect(await harness.reader.book(bookUuid)).toMatchObject({ status: 'VERIFYING' });
    }
  });

  test('to move a failed book behind the others do not end the run', async () => {
    await booksDue('b0', 'b1');
    fails('b0');
    const broken: Table = {
      ...harness.table,
      put: (item, condition) =>
        item.bookId === 'b0'
          ? Promise.reject(new Error('DynamoDB is down'))
          : harness.table.put(item, condition),
    };
    const failing = createPollerHarness(broken, {}, { clock: harness.clock, ocrolus: harness.ocrolus });
    expect(await failing.run()).toMatchObject({ polled: 1, failed: 1 });
  });
});
