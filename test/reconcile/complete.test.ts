import { expect, test } from 'vitest';
import { BOOK_KINDS } from '../../shared/checklist/kinds.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readDocuments } from '../../shared/store/documents.ts';
import { createHarness, look, receive } from '../consumers/testing/harness.ts';
import { targetOf } from '../consumers/testing/ocrolus.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { document, FORBIDDEN, saysEverything, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver, results } from './testing/harness.ts';

/** Wants no result of the book itself, so that only its documents decide. */
const ONLY_DOCUMENTS = {
  RESULTS: JSON.stringify(Object.fromEntries(BOOK_KINDS.map((kind) => [kind, 'never']))),
};

/** More than a delivery reads as a whole. */
const MANY = Array.from({ length: 60 }, (_, n) => `d${n}`);

test('a book is not complete before it is verified, although all of its documents are', async () => {
  const harness = await createBookHarness();
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', [document('d')]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  expect(await harness.reader.missing('b')).toEqual([]);
  expect(await book(harness)).toMatchObject({ complete: false });
});

test('a complete book is not complete while Book status does not show what an event says of it', async () => {
  const harness = await createBookHarness({}, ['d', 'new']);
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d')]);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'new' }, { attempts: 3 });
  expect(await book(harness)).toMatchObject({ complete: false });
  // An event about something else does not change that.
  await deliver(harness, 'book.detect.signal_found');
  expect(await book(harness)).toMatchObject({ complete: false });
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d'), document('new')]);
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
});

test('an event of one of many documents says nothing about the others', async () => {
  const harness = await createBookHarness({}, MANY);
  const documents = [...MANY.map((uuid) => document(uuid)), document('e', 'PROCESSING')];
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', documents);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ open: [], complete: false });
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  expect(await book(harness)).toMatchObject({ open: [], complete: false });
});

test('a book of many documents is complete a quarter of an hour after the last of them is stored', async () => {
  const harness = await createBookHarness(ONLY_DOCUMENTS, MANY);
  const { ocrolus, clock } = harness;
  const shown = ocrolus.script(calls.documentForms('d1'));
  ocrolus.says(calls.documentForms('d1'), FORBIDDEN);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ open: ['forms'], complete: false });
  ocrolus.says(calls.documentForms('d1'), ...shown);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  clock.advance(15 * 60);
  await harness.run();
  await harness.process();
  expect(await book(harness)).toMatchObject({ open: [], complete: true });
});

test('a book of many documents is not complete before a look has stored them all', async () => {
  const harness = await createBookHarness(ONLY_DOCUMENTS, MANY);
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  expect((await readDocuments(harness.table, 'b')).byUuid.size).toBeLessThan(MANY.length);
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), FORBIDDEN);
  const signals = delivery('book.detect.signal_found', { bookUuid: 'b' });
  harness.clock.advance(3600);
  await receive(harness.consumers, [look('b'), signals], { attempts: 3 });
  expect(await book(harness)).toMatchObject({ complete: false });
});

test('a book is not complete while a document is marked that another settle has read before', async () => {
  const harness = await createBookHarness(ONLY_DOCUMENTS, ['d', 'e']);
  const { ocrolus } = harness;
  const says = (docUuid: string, reply: Parameters<typeof ocrolus.says>[1]) => {
    for (const call of [calls.documentForms(docUuid), calls.documentTransactions('b', docUuid)])
      ocrolus.says(call, reply);
  };
  says('e', FORBIDDEN);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  says('e', { body: { response: { forms: [], txns: [] } } });
  const { dueAt = '' } = (await book(harness)) ?? {};
  harness.clock.advance((Date.parse(dueAt) - harness.clock.now()) / 1000);
  // The delivery about `e` has read the documents when the one about `d` marks its own, and is throttled.
  const { table } = harness.consumers.dependencies.ports;
  const { query } = table;
  let isWatched = false;
  table.query = async function* (range) {
    const isSettle = isWatched && range.prefix === 'DOC#';
    yield* query(range);
    if (!isSettle) return;
    isWatched = false;
    says('d', { httpStatus: 429, body: {} });
    await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  };
  ocrolus.before = (target) => {
    if (target === targetOf(calls.documentForms('e'))) isWatched = true;
  };
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'e' });
  expect(isWatched).toBe(false);
  expect(await book(harness)).toMatchObject({ complete: false, open: ['forms', 'transactions'] });
});

test('a book is not complete if another document appears while it is settled', async () => {
  const table = await memoryTable();
  let afterDocuments = async () => {};
  const watched: typeof table = {
    ...table,
    async *query(query) {
      yield* table.query(query);
      if (query.prefix === 'DOC#') await afterDocuments();
    },
  };
  const harness = createPollerHarness(watched, ONLY_DOCUMENTS);
  const { ocrolus, clock } = harness;
  saysEverything(ocrolus);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  // Another function stores the document and the book, and dies.
  let isDead = false;
  const killed = createHarness(
    {
      ...table,
      get: (key, attributes) => (isDead ? Promise.reject(new Error('killed')) : table.get(key, attributes)),
      put: async (item, condition) => {
        if (isDead) throw new Error('killed');
        isDead = item.item === 'BOOK';
        return table.put(item, condition);
      },
    },
    { clock, ocrolus, results: harness.consumers.dependencies.policy },
  );
  ocrolus.before = () => {
    ocrolus.before = () => {};
    afterDocuments = async () => {
      afterDocuments = async () => {};
      saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
      clock.advance(1);
      const event = delivery('document.upload_succeeded', { bookUuid: 'b', uploadedDocUuid: 'e' });
      await receive(killed, [event]);
    };
  };
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  expect(isDead).toBe(true);
  expect(await book(harness)).toMatchObject({ generation: 2, complete: false });
});

test('a book is not complete for minutes after an event that Book status does not show, and then it is', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'x' }, { attempts: 3 });
  // Another event, whose Book status does not show it either.
  await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'd' });
  // And a look that an operator asks for.
  harness.clock.advance(60);
  await harness.run(300_000, 'now');
  await harness.process();
  expect(await book(harness)).toMatchObject({ complete: false });
  await harness.liveHours(1);
  expect(await book(harness)).toMatchObject({ complete: true });
});

test('a book is complete whether or not Book status still shows a document that was deleted', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  for (const docs of [
    [document('d'), document('e')],
    [document('d'), document('e', 'DELETED')],
    [document('d')],
  ]) {
    saysStatus(harness.ocrolus, 'b', 'VERIFIED', docs);
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(1);
    expect(await book(harness)).toMatchObject({ complete: true });
  }
});

test('a book of which one answer shows a document that cannot be read is not complete until it can', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d'), null as never]);
  await harness.live(4);
  expect(await book(harness)).toMatchObject({ complete: false });
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d')]);
  await harness.live(4);
  expect(await book(harness)).toMatchObject({ complete: true, open: [] });
});

test('a generation in which no document has results shows no analytics', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ analytics: { state: 'available' } });
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d', 'REJECTED')]);
  await harness.live(2);
  const { generation, analytics, detect } = (await book(harness)) ?? {};
  expect({ generation, analytics, detect }).toEqual({ generation: 2 });
});

test('a book with two deleted documents, of which Book status still shows one, is complete', async () => {
  const harness = await createBookHarness({}, ['d', 'x', 'y']);
  for (const docs of [
    [document('d'), document('x'), document('y')],
    [document('d'), document('x'), document('y', 'DELETED')],
    [document('d'), document('x', 'DELETED')],
  ]) {
    saysStatus(harness.ocrolus, 'b', 'VERIFIED', docs);
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(1);
    expect(await book(harness)).toMatchObject({ complete: true });
  }
});

test('a book of which a document can never be read has the results of a document that is added', async () => {
  const harness = await createBookHarness();
  const unreadable = { status: 'FAILED' } as never;
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('r', 'REJECTED'), unreadable]);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('r', 'REJECTED'), document('d'), unreadable]);
  await harness.live(3);
  expect(await results(harness)).toEqual(expect.arrayContaining(['forms d', 'summary b', 'signals b']));
});

test.each([50, 51])(
  'a verified book of %i documents, of which nothing is stored yet, lacks forms',
  async (count) => {
    const ids = Array.from({ length: count }, (_, n) => `d${n}`);
    const harness = await createBookHarness({}, ids);
    await deliver(harness, 'BOOK_VERIFIED');
    expect(await book(harness)).toMatchObject({ open: expect.arrayContaining(['forms', 'transactions']) });
  },
);
