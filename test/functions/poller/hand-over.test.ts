import { beforeEach, describe, expect, test } from 'vitest';
import { type Clock, createClock } from '../../shared/store/testing/clock.ts';
import { type MemoryTable, memoryTable } from '../../shared/store/testing/memory-table.ts';
import { makeBook, numbered } from './testing/books.ts';
import { createPollerHarness } from './testing/harness.ts';

let table: MemoryTable;
let clock: Clock;
/** Seconds at which messages were sent, with their number. */
let batches: { readonly at: number; readonly count: number }[];
/** The count of SQS. */
let depth: () => number;
let counts: number;

beforeEach(async () => {
  table = await memoryTable();
  clock = createClock();
  batches = [];
  depth = () => 0;
  counts = 0;
});

/** Hands books over that are due. @param perSecond POLL_REQUESTS_PER_SECOND. */
async function handOver(
  books: number,
  perSecond: number,
  remainingMs = 300_000,
  mode: 'due' | 'now' = 'due',
) {
  for (const bookUuid of numbered(books)) await makeBook(table, bookUuid);
  const start = clock.now();
  const queue = {
    sendBatch: async (_url: string, messages: readonly unknown[]) => {
      batches.push({ at: (clock.now() - start) / 1000, count: messages.length });
    },
    depth: async () => {
      counts += 1;
      return depth();
    },
  };
  const settings = { POLL_REQUESTS_PER_SECOND: String(perSecond) };
  return createPollerHarness(table, settings, { clock, queue }).run(remainingMs, mode);
}

const sum = (some: readonly { readonly count: number }[]) =>
  some.reduce((total, { count }) => total + count, 0);

test('books go in batches of ten, no faster than the setting allows', async () => {
  await handOver(35, 5);
  expect(batches).toEqual([
    { at: 0, count: 10 },
    { at: 2, count: 10 },
    { at: 4, count: 10 },
    { at: 6, count: 5 },
  ]);
});

describe('at most 200 messages wait', () => {
  test('of those that SQS has counted', async () => {
    depth = () => 185 + sum(batches);
    expect(await handOver(50, 1000)).toMatchObject({ polled: 10, isBehind: true });
  });

  test('of those that were sent in the last ten seconds, which SQS may not count yet', async () => {
    await handOver(300, 1000);
    expect(sum(batches)).toBe(300);
    for (const { at } of batches) {
      const recent = batches.filter((one) => one.at <= at && one.at > at - 10);
      expect(sum(recent)).toBeLessThanOrEqual(200);
    }
  });

  test('and as soon as consumers have made room, the run continues', async () => {
    const full = clock.now() + 60_000;
    depth = () => (clock.now() < full ? 200 : 0);
    expect(await handOver(50, 5)).toMatchObject({ polled: 50, isBehind: false });
    expect(batches[0]?.at).toBe(60);
  });

  test('also when an operator asks', async () => {
    depth = () => 200;
    expect(await handOver(50, 1000, 300_000, 'now')).toMatchObject({ polled: 0, isBehind: true });
  });
});

test('the queue is counted every two seconds, however fast books are handed over', async () => {
  await handOver(150, 1000);
  expect(counts).toBe(1);
});
