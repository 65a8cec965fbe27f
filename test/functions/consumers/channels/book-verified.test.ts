import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { readBook } from '../../../../shared/store/books.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, error, finished, saysCaptured, TOO_EARLY } from '../testing/answers.ts';
import { saysComplete } from '../testing/complete-book.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
import { entryOf } from '../testing/stored.ts';
import { verifiedBook } from './testing/verified-book.ts';

let harness: Harness;

beforeEach(async () => {
  harness = createHarness(await memoryTable());
});

const { says, deliver, captured } = verifiedBook(() => harness);

const missing = async () =>
  (await harness.reader.missing('b'))
    .filter(({ kind }) => kind === 'forms' || kind === 'transactions')
    .map(({ kind, subject, state }) => `${kind} ${subject} ${state}`);

test('a verified book is written with its documents, and what they lack is fetched', async () => {
  says('VERIFIED', [finished('d1'), finished('d2'), { uuid: 'd3', status: 'REJECTED' }]);
  for (const docUuid of ['d1', 'd2']) saysCaptured(harness.ocrolus, 'b', docUuid);
  expect(await deliver()).toEqual([]);
  expect(await harness.reader.book('b')).toMatchObject({
    status: 'VERIFIED',
    documents: { VERIFICATION_COMPLETE: 2, REJECTED: 1 },
    capture: { state: 'complete' },
    complete: false,
    open: ['cash-flow', 'enriched-transactions', 'signals', 'summary'],
  });
  expect(await harness.reader.documents('b')).toHaveLength(3);
  expect(await captured()).toEqual(['d1', 'd2']);
  expect(await missing()).toEqual([]);
});

test('what is still missing is in the checklist, and due after the grace time', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  const start = harness.clock.now();
  await deliver();
  const book = await readBook(harness.table, 'b');
  for (const kind of ['summary', 'cash-flow', 'enriched-transactions', 'signals']) {
    expect(book?.entries[kind]).toMatchObject({ answered: 0, tries: 0 });
  }
  expect(Math.round((Date.parse(book?.dueAt ?? '') - start) / 1000)).toBe(600);
});

test('a book without results has no analytics', async () => {
  says('VERIFIED', [{ uuid: 'd', status: 'REJECTED' }]);
  saysCaptured(harness.ocrolus, 'b', 'd');
  expect(await deliver()).toEqual([]);
  expect(await harness.reader.book('b')).toMatchObject({ status: 'VERIFIED', complete: true, open: [] });
  expect(await entryOf(harness.table, 'b', 'summary')).toBeUndefined();
});

test('a book whose own status alone has changed is applied', async () => {
  says('VERIFYING', [{ uuid: 'd', status: 'REJECTED' }]);
  saysCaptured(harness.ocrolus, 'b', 'd');
  await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  harness.clock.advance(10);
  says('VERIFIED', [{ uuid: 'd', status: 'REJECTED' }]);
  const event = delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { receivedAt: harness.clock.iso() });
  await receive(harness, [event]);
  expect(await harness.reader.events('b')).toContainEqual(
    expect.objectContaining({ deliveryId: event.deliveryId, outcome: 'applied' }),
  );
});

test('what is stored already is not fetched again', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  await deliver();
  harness.clock.advance(60);
  await deliver({ receivedAt: harness.clock.iso() });
  expect(harness.ocrolus.count('doc-form-data')).toBe(1);
  expect((await harness.reader.events('b')).map(({ outcome }) => outcome).sort()).toEqual([
    'applied',
    'unchanged',
  ]);
});

test('nothing new is not written', async () => {
  saysComplete(harness.ocrolus);
  await deliver();
  const before = await readBook(harness.table, 'b');
  harness.clock.advance(60);
  await deliver({ receivedAt: harness.clock.iso() });
  expect(await readBook(harness.table, 'b')).toEqual(before);
});

describe('a large book', () => {
  const docs = Array.from({ length: 25 }, (_, n) => finished(`d${n}`));
  beforeEach(() => {
    says('VERIFIED', docs);
    for (const { uuid } of docs) saysCaptured(harness.ocrolus, 'b', uuid);
  });

  test('gets twenty documents fetched at once, and the rest is missing', async () => {
    await deliver();
    expect(await captured()).toHaveLength(20);
    expect(await harness.reader.documents('b')).toHaveLength(25);
    expect(await harness.reader.book('b')).toMatchObject({ complete: false, capture: { state: 'partial' } });
    expect(await missing()).toHaveLength(10);
    expect(await harness.reader.book('b')).toMatchObject({ dueAt: expect.any(String) });
  });

  test('is retried for a passing fault, and nothing that it fetched is fetched again', async () => {
    harness.ocrolus.says(calls.documentForms('d3'), new Failure('retry', 'http-503'), { body: {} });
    const message = delivery('BOOK_VERIFIED', { bookUuid: 'b' });
    expect(await receive(harness, [message])).toEqual(['message-0']);
    expect(await captured()).toHaveLength(19);
    expect(await harness.reader.documents('b')).toHaveLength(25);
    expect(await receive(harness, [message], { attempts: 2 })).toEqual([]);
    expect(await captured()).toHaveLength(25);
    const asked = harness.ocrolus.asked.map(({ target }) => target).filter((target) => /forms/.test(target));
    expect(asked).toHaveLength(26);
  });
});

test('a document that Ocrolus refuses does not hold up the book, and stays missing', async () => {
  says('VERIFIED', [finished('d1'), finished('d2')]);
  saysCaptured(harness.ocrolus, 'b', 'd2');
  harness.ocrolus.says(calls.documentForms('d1'), error(404, 1402));
  harness.ocrolus.says(calls.documentTransactions('b', 'd1'), error(404, 1402));
  expect(await deliver({}, { attempts: 3 })).toEqual([]);
  expect(await captured()).toEqual(['d2']);
  expect(await missing()).toEqual(['forms d1 pending', 'transactions d1 pending']);
  expect(await harness.reader.book('b')).toMatchObject({ complete: false, capture: { state: 'partial' } });
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1402' }]);
});

test('a document that is not ready does not hold up the others, and is pending', async () => {
  says('VERIFIED', [finished('d1'), finished('d2')]);
  for (const docUuid of ['d1', 'd2']) saysCaptured(harness.ocrolus, 'b', docUuid);
  harness.ocrolus.says(calls.documentForms('d1'), TOO_EARLY);
  await deliver({}, { attempts: 3 });
  expect(await captured()).toEqual(['d2']);
  expect(await missing()).toEqual(['forms d1 pending']);
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'waiting' }]);
});

test('a passing fault retries the message, with everything else stored', async () => {
  says('VERIFIED', [finished('d1'), finished('d2'), finished('d3')]);
  for (const docUuid of ['d1', 'd2', 'd3']) saysCaptured(harness.ocrolus, 'b', docUuid);
  harness.ocrolus.says(calls.documentForms('d2'), new Failure('retry', 'http-503'));
  expect(await deliver()).toEqual(['message-0']);
  expect(await captured()).toEqual(['d1', 'd3']);
});

test('a book that is not verified after all is written as it is, and the poller polls it again', async () => {
  says('VERIFYING', [finished('d1')]);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  await deliver({}, { attempts: 3 });
  expect(await harness.reader.book('b')).toMatchObject({ status: 'VERIFYING', dueAt: expect.any(String) });
  expect(await captured()).toEqual(['d1']);
  expect(await harness.reader.events('b')).toMatchObject([
    { outcome: 'waiting', reason: 'book-not-verified' },
  ]);
});

test('a deleted book is finished, and neither complete nor incomplete', async () => {
  says('DELETED');
  expect(await deliver()).toEqual([]);
  const book = await harness.reader.book('b');
  expect(book).toMatchObject({ status: 'DELETED' });
  for (const attribute of ['complete', 'completeAt', 'open']) expect(book).not.toHaveProperty(attribute);
});

describe('a book that Ocrolus only classifies', () => {
  const classifyOnly = (status: string) =>
    harness.ocrolus.says(
      calls.bookStatus({ bookUuid: 'b' }),
      bookStatus('b', 'VERIFYING', [{ uuid: 'd', status }], { book_class: 'INSTANT_CLASSIFY_ONLY' }),
    );

  test('is finished when every document is classified, and should only have its classification', async () => {
    classifyOnly('CLASSIFIED');
    harness.ocrolus.says(calls.classificationSummary('b'), { body: { response: { forms: [] } } });
    await receive(harness, [delivery('book.classified', { bookUuid: 'b' })]);
    expect(await harness.reader.results('b')).toMatchObject([{ kind: 'classification' }]);
    expect(await harness.reader.missing('b')).toEqual([]);
    expect(await harness.reader.book('b')).toMatchObject({ complete: true, open: [] });
  });

  test('lacks its classification as long as that is not stored', async () => {
    classifyOnly('CLASSIFIED');
    await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
    expect(await harness.reader.book('b')).toMatchObject({ complete: false, open: ['classification'] });
  });
});
