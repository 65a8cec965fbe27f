import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document } from '../testing/answers.ts';

const book = useBook();

const missing = async () => (await book.missing()).filter((result) => /^(forms|transactions)/.test(result));

test('a verified book is written with its documents, and what they lack is fetched', async () => {
  book.saysEverything('d1', 'd2');
  book.says('VERIFIED', [document('d1'), document('d2'), document('d3', 'REJECTED')]);
  expect(await book.deliver('BOOK_VERIFIED')).toEqual([]);
  expect(await book.shown()).toMatchObject({
    status: 'VERIFIED',
    documents: { VERIFICATION_COMPLETE: 2, REJECTED: 1 },
    capture: { state: 'complete' },
    complete: false,
    open: ['cash-flow', 'enriched-transactions', 'signals', 'summary'],
  });
  expect(await book.reader.documents('b')).toHaveLength(3);
  expect(await book.captured()).toEqual(['d1', 'd2']);
  expect(await missing()).toEqual([]);
});

test('a book whose own status alone has changed is applied; nothing new is unchanged, and not written', async () => {
  book.says('VERIFYING', [document('d', 'REJECTED')]);
  await book.deliver('document.upload_succeeded');
  book.says('VERIFIED', [document('d', 'REJECTED')]);
  const items = [];
  for (let n = 0; n < 2; n += 1) {
    book.clock.advance(60);
    await book.deliver('BOOK_VERIFIED');
    items.push(await book.item());
  }
  expect((await book.ledger()).map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'unchanged']);
  expect(items[1]).toEqual(items[0]);
});

describe('a large book', () => {
  const docUuids = Array.from({ length: 25 }, (_, n) => `d${n}`);
  beforeEach(() => book.saysEverything(...docUuids));

  test('gets twenty documents fetched at once, and the rest is missing', async () => {
    await book.deliver('BOOK_VERIFIED');
    expect(await book.captured()).toHaveLength(20);
    expect(await book.reader.documents('b')).toHaveLength(25);
    expect(await missing()).toHaveLength(10);
    const dueAt = expect.any(String);
    expect(await book.shown()).toMatchObject({ complete: false, capture: { state: 'partial' }, dueAt });
  });

  test('is retried for a passing fault, and nothing that it fetched is fetched again', async () => {
    book.answers(calls.documentForms('d3'), new Failure('retry', 'http-503'), { body: {} });
    const message = book.event('BOOK_VERIFIED');
    expect(await book.receive([message])).toEqual(['message-0']);
    expect(await book.captured()).toHaveLength(19);
    expect(await book.receive([message], { attempts: 2 })).toEqual([]);
    expect(await book.captured()).toHaveLength(25);
    expect(book.ocrolus.count('doc-form-data')).toBe(26);
  });
});

test('a book that is not verified after all is written as it is, and the poller polls it again', async () => {
  book.says('VERIFYING', [document('d')]);
  await book.deliver('BOOK_VERIFIED', {}, { attempts: 3 });
  expect(await book.shown()).toMatchObject({ status: 'VERIFYING', dueAt: expect.any(String) });
  expect(await book.captured()).toEqual(['d']);
  expect(await book.ledger()).toMatchObject([{ outcome: 'waiting', reason: 'book-not-verified' }]);
});

const inGroup = (uuid: string, image_group_pk: number | undefined, status?: string) => ({
  ...document(uuid, status),
  image_group_pk,
});
/** Lets Ocrolus have all results of documents of an active book. */
const saysGroups = (...docs: ReturnType<typeof inGroup>[]) => {
  book.saysEverything(...docs.map(({ uuid }) => uuid));
  book.says('VERIFYING', docs);
};

test('the documents of the group are fetched, and no others; another event fetches all of them again', async () => {
  saysGroups(
    inGroup('d1', 9),
    inGroup('d2', 9, 'REJECTED'),
    inGroup('d3', 8),
    inGroup('d4', undefined),
    inGroup('d5', 9),
  );
  for (const count of [2, 4]) {
    expect(await book.deliver('IMAGE_GROUP_VERIFIED', { imageGroupPk: '9' })).toEqual([]);
    expect(await book.captured()).toEqual(['d1', 'd5']);
    expect(book.ocrolus.count('doc-form-data')).toBe(count);
    book.clock.advance(1);
  }
});

test('named by a uuid, which Book status does not show, every document of a group is meant', async () => {
  saysGroups(inGroup('d1', 9), inGroup('d2', 8), inGroup('d3', undefined));
  expect(await book.deliver('IMAGE_GROUP_VERIFIED', { imageGroupUuid: 'g' })).toEqual([]);
  expect(await book.captured()).toEqual(['d1', 'd2']);
});

test.each([
  ['is not listed', [inGroup('d1', 8)], 'image-group-not-listed', []],
  ['is not finished', [inGroup('d1', 9), inGroup('d2', 9, 'VERIFYING')], 'image-group-not-verified', ['d1']],
])('while a group %s, the event is waiting for the poller', async (_, docs, reason, captured) => {
  saysGroups(...docs);
  await book.deliver('IMAGE_GROUP_VERIFIED', { imageGroupPk: '9' }, { attempts: 3 });
  expect(await book.captured()).toEqual(captured);
  expect(await book.ledger()).toMatchObject([{ outcome: 'waiting', reason }]);
  expect(await book.shown()).toMatchObject({ dueAt: expect.any(String) });
});
