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
