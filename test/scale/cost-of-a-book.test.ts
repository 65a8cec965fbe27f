import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { saysComplete } from '../consumers/testing/complete-book.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';

/**
 * What a book costs in its first 30 days: calls to Ocrolus, and requests to the table. The figures are exact: a commit that
 * changes one explains why.
 */
interface Cost {
  /** Stored results. */
  readonly results: number;
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** Documents are verified one after the other, a minute apart; then the book is, and Detect and analytics follow. */
async function costOf(documents: number, areWebhooksLost: boolean): Promise<Cost> {
  const table = await memoryTable();
  const harness = createPollerHarness(table);
  const { ocrolus, clock } = harness;
  const docUuids = Array.from({ length: documents }, (_, n) => `d${n}`);
  saysComplete(ocrolus, 'b', docUuids);
  const verified = ocrolus.script(calls.bookStatus({ bookUuid: 'b' }));
  const deliver = async (eventName: string, ids = {}) => {
    const event = delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt: clock.iso() });
    expect(await receive(harness.consumers, [event])).toEqual([]);
  };
  /** The poller polls the book whenever it is due, and what it sends is processed at once. */
  const live = async (seconds: number) => {
    const end = clock.now() + seconds * 1000;
    for (;;) {
      const dueAt = (await readBook(table, 'b'))?.dueAt;
      if (dueAt === undefined || Date.parse(dueAt) > end) break;
      clock.advance(Math.max(0, (Date.parse(dueAt) - clock.now()) / 1000));
      await harness.pollRow({ bookId: 'b', item: 'BOOK', dueAt });
      await harness.process();
    }
    clock.advance(Math.max(0, (end - clock.now()) / 1000));
  };
  const showVerified = (count: number) => {
    const docs = docUuids.map((uuid, n) => ({
      uuid,
      status: n < count ? 'VERIFICATION_COMPLETE' : 'VERIFYING',
    }));
    ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  };
  showVerified(0);
  await deliver('document.upload_succeeded');
  for (let count = 1; count <= documents; count += 1) {
    await live(60);
    showVerified(count);
    if (!areWebhooksLost) await deliver('DOC_VERIFIED', { uploadedDocUuid: `d${count - 1}` });
  }
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), ...verified);
  if (!areWebhooksLost) {
    const atTheEnd = ['BOOK_VERIFIED', 'book.detect.signal_not_found', 'book.analytics_v2.generated'];
    for (const eventName of atTheEnd) await deliver(eventName);
  }
  await live(30 * 86_400);
  expect(await harness.reader.book('b')).toMatchObject({ complete: true });
  const { readUnits, writeUnits } = table.usage;
  const results = (await harness.reader.results('b')).length;
  return { results, calls: ocrolus.asked.length, readUnits: Math.round(readUnits), writeUnits };
}

test.each<[number, string, Cost]>([
  [1, 'whose webhooks all come', { results: 7, calls: 64, readUnits: 148, writeUnits: 219 }],
  [1, 'whose webhooks are lost', { results: 7, calls: 63, readUnits: 147, writeUnits: 213 }],
  [20, 'whose webhooks all come', { results: 45, calls: 124, readUnits: 283, writeUnits: 345 }],
  [20, 'whose webhooks are lost', { results: 45, calls: 104, readUnits: 212, writeUnits: 320 }],
  [100, 'whose webhooks all come', { results: 205, calls: 381, readUnits: 1100, writeUnits: 889 }],
  [100, 'whose webhooks are lost', { results: 205, calls: 280, readUnits: 606, writeUnits: 782 }],
])('a book of %i documents, %s', async (documents, which, cost) => {
  expect(await costOf(documents, which.endsWith('lost'))).toEqual(cost);
});
