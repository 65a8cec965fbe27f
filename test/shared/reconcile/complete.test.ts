import { describe, expect, test } from 'vitest';
import { BOOK_KINDS } from '../../../shared/checklist/kinds.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readDocuments } from '../../../shared/store/documents.ts';
import { document, FORBIDDEN } from '../../functions/consumers/testing/answers.ts';
import { createHarness, look, receive } from '../../functions/consumers/testing/harness.ts';
import { type ScriptedReply, targetOf } from '../../functions/consumers/testing/ocrolus.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

/** Wants no result of the book itself, so that only its documents decide. */
const onlyDocuments = () =>
  book.redeploy({
    settings: { RESULTS: JSON.stringify(Object.fromEntries(BOOK_KINDS.map((kind) => [kind, 'never']))) },
  });

describe('a complete book is not complete after an event that Book status does not show', () => {
  test('until it does, whatever is said about something else', async () => {
    book.saysEverything('d', 'new');
    book.says('VERIFIED', [document('d')]);
    await book.complete();
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'new' }, { attempts: 3 });
    expect(await book.shown()).toMatchObject({ complete: false });
    await book.deliver('book.detect.signal_found');
    expect(await book.shown()).toMatchObject({ complete: false });
    book.says('VERIFIED', [document('d'), document('new')]);
    await book.live(1);
    expect(await book.shown()).toMatchObject({ complete: true });
  });

  test('for minutes, and then it is', async () => {
    await book.complete();
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'x' }, { attempts: 3 });
    // Another event, whose Book status does not show it either.
    await book.deliver('document.upload_succeeded', { uploadedDocUuid: 'd' });
    // And a look that an operator asks for.
    book.clock.advance(60);
    await book.look('now');
    expect(await book.shown()).toMatchObject({ complete: false });
    await book.liveHours(1);
    expect(await book.shown()).toMatchObject({ complete: true });
  });
});

describe('a book of many documents', () => {
  /** More than a delivery reads as a whole. */
  const MANY = Array.from({ length: 60 }, (_, n) => `d${n}`);

  test('is not complete because of an event of one of them, which says nothing about the others', async () => {
    book.saysEverything(...MANY);
    book.says('VERIFIED', [...MANY.map((uuid) => document(uuid)), document('e', 'PROCESSING')]);
    await book.liveAfter('BOOK_VERIFIED', { days: 1 });
    expect(await book.shown()).toMatchObject({ open: [], complete: false });
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd1' });
    expect(await book.shown()).toMatchObject({ open: [], complete: false });
  });

  test('is complete a quarter of an hour after the last of them is stored', async () => {
    onlyDocuments();
    book.saysEverything(...MANY);
    book.answers(calls.documentForms('d1'), FORBIDDEN);
    await book.liveAfter('BOOK_VERIFIED', { days: 2 });
    expect(await book.shown()).toMatchObject({ open: ['forms'], complete: false });
    book.saysEverything(...MANY);
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd1' });
    book.clock.advance(15 * 60);
    await book.look();
    expect(await book.shown()).toMatchObject({ open: [], complete: true });
  });

  test('is not complete before a look has stored them all', async () => {
    onlyDocuments();
    book.saysEverything(...MANY);
    await book.deliver('BOOK_VERIFIED');
    expect((await readDocuments(book.table, 'b')).byUuid.size).toBeLessThan(MANY.length);
    book.answers(calls.bookStatus({ bookUuid: 'b' }), FORBIDDEN);
    book.clock.advance(3600);
    await book.receive([look('b'), book.event('book.detect.signal_found')], { attempts: 3 });
    expect(await book.shown()).toMatchObject({ complete: false });
  });

  test.each([50, 51])('lacks forms, if it is verified, and nothing is stored yet: %i', async (count) => {
    book.saysEverything(...Array.from({ length: count }, (_, n) => `d${n}`));
    await book.deliver('BOOK_VERIFIED');
    expect(await book.shown()).toMatchObject({ open: expect.arrayContaining(['forms', 'transactions']) });
  });
});

test('a book is not complete while a document is marked that another settle has read before', async () => {
  onlyDocuments();
  book.saysEverything('d', 'e');
  const says = (docUuid: string, reply: ScriptedReply) => {
    book.answers(calls.documentForms(docUuid), reply);
    book.answers(calls.documentTransactions('b', docUuid), reply);
  };
  says('e', FORBIDDEN);
  await book.liveAfter('BOOK_VERIFIED', { days: 1 });
  says('e', { body: { response: { forms: [], txns: [] } } });
  book.clock.advance(await book.untilDue());
  // The delivery about `e` has read the documents when the one about `d` marks its own, and is throttled.
  const { query } = book.table;
  let isWatched = false;
  book.table.query = async function* (range) {
    const isSettle = isWatched && range.prefix === 'DOC#';
    yield* query(range);
    if (!isSettle) return;
    isWatched = false;
    says('d', { httpStatus: 429, body: {} });
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
  };
  book.ocrolus.before = (target) => {
    if (target === targetOf(calls.documentForms('e'))) isWatched = true;
  };
  await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'e' });
  expect(isWatched).toBe(false);
  expect(await book.shown()).toMatchObject({ complete: false, open: ['forms', 'transactions'] });
});

test('a book is not complete if another document appears while it is settled', async () => {
  onlyDocuments();
  await book.complete();
  // Another function stores the document and the book, and dies.
  const { table, clock, ocrolus } = book;
  let isDead = false;
  const dying: typeof table = {
    ...table,
    get: (key, attributes) => (isDead ? Promise.reject(new Error('killed')) : table.get(key, attributes)),
    put: async (item, condition) => {
      if (isDead) throw new Error('killed');
      isDead = item.item === 'BOOK';
      return table.put(item, condition);
    },
  };
  const killed = createHarness(dying, { clock, ocrolus, results: book.consumers.dependencies.policy });
  const { query } = table;
  ocrolus.before = () => {
    ocrolus.before = () => {};
    table.query = async function* (range) {
      yield* query(range);
      if (range.prefix !== 'DOC#') return;
      table.query = query;
      book.says('VERIFIED', [document('d'), document('e')]);
      clock.advance(1);
      await receive(killed, [book.event('document.upload_succeeded', { uploadedDocUuid: 'e' })]);
    };
  };
  await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
  expect(isDead).toBe(true);
  expect(await book.shown()).toMatchObject({ generation: 2, complete: false });
});

test('an event that comes minutes after one that Book status does not show finds the book complete, without a look', async () => {
  await book.complete();
  await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'x' }, { attempts: 3 });
  expect(await book.shown()).toMatchObject({ complete: false });
  book.clock.advance(20 * 60);
  await book.deliver('document.upload_succeeded', { uploadedDocUuid: 'd' });
  expect(await book.shown()).toMatchObject({ complete: true });
});

test('a generation in which no document has results shows no analytics', async () => {
  await book.complete();
  expect(await book.shown()).toMatchObject({ analytics: { state: 'available' } });
  book.says('VERIFIED', [document('d', 'REJECTED')]);
  await book.live(2);
  const { generation, analytics, detect } = (await book.shown()) ?? {};
  expect({ generation, analytics, detect }).toEqual({ generation: 2 });
});
