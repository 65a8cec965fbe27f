import { expect, test } from 'vitest';
import { Envelope } from '../../shared/events/envelope.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { bookStatus, error, saysEverything } from '../functions/consumers/testing/answers.ts';
import { createHarness, look, receive } from '../functions/consumers/testing/harness.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { memoryTable } from '../shared/store/testing/memory-table.ts';

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
  const harness = createHarness(table);
  const { ocrolus, clock } = harness;
  const docUuids = Array.from({ length: documents }, (_, n) => `d${n}`);
  saysEverything(ocrolus, 'b', docUuids);
  ocrolus.says(calls.businessOfBook('b'), error(404, 2301));
  const verified = ocrolus.script(calls.bookStatus({ bookUuid: 'b' }));
  const deliver = async (eventName: string, ids = {}) => {
    const event = delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt: clock.iso() });
    expect(await receive(harness, [event])).toEqual([]);
  };
  /** The book is looked at whenever it is due; a look that continues itself is processed at once. */
  const live = async (seconds: number) => {
    const end = clock.now() + seconds * 1000;
    for (;;) {
      const dueAt = (await readBook(table, 'b'))?.dueAt;
      if (dueAt === undefined || Date.parse(dueAt) > end) break;
      clock.advance(Math.max(0, (Date.parse(dueAt) - clock.now()) / 1000));
      for (let looks = [look('b', { receivedAt: clock.iso() })]; looks.length > 0; ) {
        expect(await receive(harness, looks)).toEqual([]);
        looks = harness.requeued.splice(0).map(({ body }) => Envelope.parse(JSON.parse(body)));
      }
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
  [1, 'whose webhooks all come', { results: 7, calls: 33, readUnits: 107, writeUnits: 81 }],
  [1, 'whose webhooks are lost', { results: 7, calls: 32, readUnits: 96, writeUnits: 72 }],
  [20, 'whose webhooks all come', { results: 45, calls: 93, readUnits: 317, writeUnits: 223 }],
  [20, 'whose webhooks are lost', { results: 45, calls: 74, readUnits: 197, writeUnits: 202 }],
  [100, 'whose webhooks all come', { results: 205, calls: 350, readUnits: 1278, writeUnits: 825 }],
  [100, 'whose webhooks are lost', { results: 205, calls: 250, readUnits: 883, writeUnits: 738 }],
])('a book of %i documents, %s', async (documents, which, cost) => {
  expect(await costOf(documents, which.endsWith('lost'))).toEqual(cost);
});
