import { beforeEach, expect, it, test } from 'vitest';
import { openConsumer } from '../../../../functions/consumers/runtime/dependencies.ts';
import { ConsumerSettings } from '../../../../functions/consumers/runtime/settings.ts';
import { openPoller, PollerSettings } from '../../../../functions/poller/dependencies.ts';
import type { Ports } from '../../../../shared/ports.ts';
import { readSettings } from '../../../../shared/settings.ts';
import { postponeLook } from '../../../../shared/store/books.ts';
import { updateDocument } from '../../../../shared/store/documents.ts';
import { type Retention, withRetention } from '../../../../shared/store/removal/retention.ts';
import { markForgotten } from '../../../../shared/store/removal/tombstones.ts';
import { writeResult } from '../../../../shared/store/results.ts';
import type { Item, Table } from '../../../../shared/store/table.ts';
import { testPorts } from '../../../functions/consumers/testing/harness.ts';
import { memoryBodies } from '../testing/bodies.ts';
import { memoryTable } from '../testing/memory-table.ts';
import { observation, second, WRITER, writeBook } from '../testing/observations.ts';

const ENVIRONMENT = {
  STAGE: 'test',
  ACCOUNTS: '{"default":{"credentials":"arn"}}',
  TABLE_NAME: 'books',
  BUCKET_NAME: 'bodies',
  CHANNEL: 'doc-verified',
  QUEUE_URL: 'https://queue.example/own',
  LOOK_QUEUE_URL: 'https://queue.example/book-results',
  RESULT_DAYS: '30',
  DOCUMENT_DAYS: '400',
};

let store: Table;
beforeEach(async () => {
  store = await memoryTable();
});

/** The table as a function has it at the n-th second. */
const at = (n: number, retention: Retention) => withRetention(store, retention, () => Date.parse(second(n)));
const LIMITED: Retention = { results: 30, documents: 400 };
const expiry = (n: number, days: number) => Math.floor(Date.parse(second(n)) / 1000) + days * 86_400;
const stored = async (item: string): Promise<Item> => (await store.get({ bookId: 'b', item })) ?? {};

const document = (table: Table, status: string) =>
  updateDocument(table, { bookId: 'b', docUuid: 'd' }, (known) => ({
    bookId: 'b',
    item: 'DOC#d',
    docUuid: 'd',
    status,
    observedAt: second(1),
    generation: 1,
    revision: known?.revision ?? 0,
    entries: {},
  }));
const forms = (table: Table, n: number) =>
  writeResult(table, memoryBodies(), {
    bookId: 'b',
    kind: 'forms',
    subject: 'd',
    operation: 'doc-form-data',
    body: Buffer.from('body'),
    answers: { wanted: 1, at: second(n) },
    generation: 1,
    summary: {},
  });

const seen = (table: Table, n: number) =>
  writeBook(table, observation('b', n, n === 1 ? 'VERIFYING' : 'VERIFIED'));
const postponed = async (table: Table) => {
  await store.put({ bookId: 'b', item: 'BOOK', damaged: true });
  await postponeLook(table, 'b', 0);
};

test.each<[string, string, number, (table: Table, n: number) => Promise<unknown>]>([
  ['a book', 'BOOK', 400, seen],
  ['a book that cannot be read, but is postponed', 'BOOK', 400, postponed],
  ['a document', 'DOC#d', 400, (table, n) => document(table, `status ${n}`)],
  ['a result, also one that was given again', 'RESULT#forms#d', 30, forms],
])('%s is kept for so long after it was written last, and forever once there is no limit', async (...row) => {
  const [, item, days, write] = row;
  for (const n of [1, 9]) {
    await write(at(n, LIMITED), n);
    expect(await stored(item)).toMatchObject({ expiresAt: expiry(n, days) });
  }
  await write(at(20, {}), 20);
  expect(await stored(item)).not.toHaveProperty('expiresAt');
});

it('a forgotten book is kept permanently', async () => {
  await writeBook(at(1, LIMITED), observation('b', 1, 'VERIFYING'));
  await markForgotten(at(2, LIMITED), 'b', {}, WRITER);
  expect(await stored('BOOK')).not.toHaveProperty('expiresAt');
});

test.each([
  ['a consumer', (ports: Ports) => openConsumer(readSettings(ConsumerSettings, ENVIRONMENT), ports)],
  ['the poller', (ports: Ports) => openPoller(readSettings(PollerSettings, ENVIRONMENT), ports)],
])('%s does so by the stage’s settings', async (_who, open) => {
  const { ports } = open(testPorts({ table: store, now: () => Date.parse(second(1)) }));
  await document(ports.table, 'VERIFYING');
  await forms(ports.table, 1);
  expect(await stored('DOC#d')).toMatchObject({ expiresAt: expiry(1, 400) });
  expect(await stored('RESULT#forms#d')).toMatchObject({ expiresAt: expiry(1, 30) });
});

it('the ledger keeps its own time to live, and everything else has none', async () => {
  const table = at(1, LIMITED);
  await table.put({ bookId: 'b', item: 'EVENT#1', expiresAt: 7 });
  await table.put({ bookId: 'b', item: 'CIRCUIT' });
  await table.update({ bookId: 'b', item: 'CURSOR#default' }, { set: { offset: 1 } });
  expect(await stored('EVENT#1')).toMatchObject({ expiresAt: 7 });
  expect(await stored('CIRCUIT')).not.toHaveProperty('expiresAt');
  expect(await stored('CURSOR#default')).not.toHaveProperty('expiresAt');
});
