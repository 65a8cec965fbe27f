import { beforeAll, describe, expect, it } from 'vitest';
import { readDocuments } from '../../shared/store/documents.ts';
import type { Table } from '../../shared/store/table.ts';
import { saysEverything } from '../functions/consumers/testing/answers.ts';
import { createHarness, type Harness, look, receive } from '../functions/consumers/testing/harness.ts';
import { createPollerHarness, type PollerHarness } from '../functions/poller/testing/harness.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { type MemoryTable, memoryTable } from '../shared/store/testing/memory-table.ts';

/** The most that Ocrolus takes into one book. */
const DOCUMENTS = 2000;
/** As infra/constructs/lambda/consumer.ts has them. */
const BATCH = 10;
const CONSUMERS = 5;
/** Results of the book as a whole: analytics of three kinds, and signals. */
const OF_BOOK = 4;

const docUuids = Array.from({ length: DOCUMENTS }, (_, n) => `document-${n}`);

async function expectEverything(table: Table, reader: Harness['reader']): Promise<void> {
  const { byUuid } = await readDocuments(table, 'b');
  expect(byUuid.size).toBe(DOCUMENTS);
  for (const { entries } of byUuid.values()) {
    expect([entries.forms?.state, entries.transactions?.state]).toEqual(['stored', 'stored']);
  }
  const results = await reader.results('b');
  expect(results.filter(({ subject }) => subject !== 'b')).toHaveLength(2 * DOCUMENTS);
}

describe('a book of 2,000 documents that verifies at once: its own event, and one for each document, in full batches', () => {
  let harness: Harness;
  let table: MemoryTable;
  beforeAll(async () => {
    table = await memoryTable();
    harness = createHarness(table);
    saysEverything(harness.ocrolus, 'b', docUuids);
    expect(await receive(harness, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })])).toEqual([]);
    const waiting = [...docUuids];
    const consumer = async () => {
      while (waiting.length > 0) {
        const messages = waiting
          .splice(0, BATCH)
          .map((uploadedDocUuid) => delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid }));
        expect(await receive(harness, messages)).toEqual([]);
      }
    };
    await Promise.all(Array.from({ length: CONSUMERS }, consumer));
  }, 300_000);

  it('is there with every document and every result, for hardly more calls than results', async () => {
    await expectEverything(table, harness.reader);
    const results = 2 * DOCUMENTS;
    const count = (operation: string) => harness.ocrolus.count(operation);
    expect(harness.ocrolus.asked.length / results).toBeLessThanOrEqual(1.15);
    // The deliveries of a batch about one book are one reconcile.
    expect(count('book-status')).toBe(DOCUMENTS / BATCH + 1);
    // The first few are fetched with the book, and once more when their own events come.
    expect(count('doc-form-data')).toBeLessThanOrEqual(DOCUMENTS + 20);
  });
});

describe('the same book when every webhook is lost', () => {
  let harness: PollerHarness;
  let table: MemoryTable;
  beforeAll(async () => {
    table = await memoryTable();
    harness = createPollerHarness(table);
    saysEverything(harness.ocrolus, 'b', docUuids);
    await receive(harness.consumers, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
    await harness.live(0.5);
  }, 300_000);

  it('is complete, with every document and every result', async () => {
    await expectEverything(table, harness.reader);
    expect(await harness.reader.book('b')).toMatchObject({ complete: true, open: [] });
    expect(await harness.reader.missing('b')).toEqual([]);
  });

  it('costs hardly more calls than it has results, and a bounded number of writes for each', () => {
    const count = (operation: string) => harness.ocrolus.count(operation);
    expect(count('doc-form-data')).toBe(DOCUMENTS);
    expect(count('transactions')).toBe(DOCUMENTS);
    // Besides, Book status for each message, here without batches: the book is too large for a message to carry it.
    expect(harness.ocrolus.asked.length).toBeLessThanOrEqual(1.15 * (2 * DOCUMENTS + OF_BOOK));
    // Each document is written with its status, its results and its signals; there are two results of each.
    const ofDocuments = 3 * DOCUMENTS + 2 * DOCUMENTS;
    expect(table.requests.writes).toBeLessThan(1.1 * ofDocuments);
  });

  it('costs a look at its items and one write, once it is complete and its probes are over', async () => {
    await harness.live(11);
    while ((await harness.due()).length === 0) harness.clock.advance(86_400);
    const before = { ...table.requests };
    const asked = harness.ocrolus.asked.length;
    expect(await receive(harness.consumers, [look('b')])).toEqual([]);
    // Its documents before it is observed, and again when it is settled; then the hashes of two results of each.
    expect(table.requests.items - before.items).toBeLessThan((2 + 2) * DOCUMENTS + 20);
    expect(table.requests.writes - before.writes).toBe(1);
    expect(harness.ocrolus.asked.length - asked).toBe(1);
  }, 300_000);

  it('costs no refetching of the others when one document is added', async () => {
    saysEverything(harness.ocrolus, 'b', [...docUuids, 'added']);
    const forms = harness.ocrolus.count('doc-form-data');
    await receive(harness.consumers, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
    await harness.live(1);
    expect(await harness.reader.book('b')).toMatchObject({ generation: 2, complete: true });
    expect(harness.ocrolus.count('doc-form-data') - forms).toBe(1);
  }, 300_000);
});
