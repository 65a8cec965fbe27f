import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { readBook } from '../../../../shared/store/books.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, saysCaptured } from '../testing/answers.ts';
import { receiveEverything, saysComplete } from '../testing/complete-book.ts';
import { createHarness, type Harness, look, receive } from '../testing/harness.ts';
import { recordWrites } from '../testing/recorded-table.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
});

/** The table fails during the next calls. */
const fails = (code: string) =>
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', code));
const ledger = () => harness.reader.events('b');

describe('a delivery that is being retried', () => {
  const message = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' });

  test('is in the ledger with the code of each attempt, and then with its outcome', async () => {
    for (const [n, code] of ['dynamodb-throttled', 'dynamodb', 's3'].entries()) {
      fails(code);
      await receive(harness, [message], { attempts: n + 1 });
    }
    expect(await ledger()).toMatchObject([
      { outcome: 'retrying', reason: 's3', codes: ['dynamodb-throttled', 'dynamodb', 's3'], attempts: 3 },
    ]);
    const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
    saysCaptured(harness.ocrolus, 'b', 'd');
    await receive(harness, [message], { attempts: 4 });
    expect(await ledger()).toMatchObject([
      { outcome: 'applied', codes: ['dynamodb-throttled', 'dynamodb', 's3'], attempts: 4 },
    ]);
  });

  test('keeps the body that can be replayed', async () => {
    fails('dynamodb');
    const payload = { encoding: 'utf8', body: '{"event":"DOC_VERIFIED"}' } as const;
    await receive(harness, [{ ...message, payload }]);
    expect(await ledger()).toMatchObject([{ outcome: 'retrying', payload: payload.body }]);
  });

  test('has no more codes than an item can hold', async () => {
    fails('dynamodb');
    for (let n = 0; n < 60; n += 1) await receive(harness, [message], { attempts: 9 });
    expect((await ledger())[0]?.codes).toHaveLength(50);
  });

  test('that waits a few seconds for Ocrolus is not in the ledger', async () => {
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
    expect(await receive(harness, [message])).toHaveLength(1);
    expect(await ledger()).toEqual([]);
  });

  test('is not processed again once a copy of it is finished', async () => {
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
    await receive(harness, [message], { attempts: 3 });
    harness.ocrolus.asked.splice(0);
    expect(await receive(harness, [message], { attempts: 4 })).toEqual([]);
    expect(harness.ocrolus.asked).toEqual([]);
    expect(await ledger()).toMatchObject([{ outcome: 'waiting', attempts: 3 }]);
  });

  test('is retried even when the failed attempt cannot be recorded', async () => {
    harness = createHarness(recordWrites(harness.table, (item) => item.startsWith('EVENT#')));
    fails('dynamodb');
    expect(await receive(harness, [message])).toEqual(['message-0']);
  });
});

describe('the second receive of a message', () => {
  const income = () => delivery('book.income.generated', { bookUuid: 'b' });

  /** The book has everything that it should have. */
  const complete = async () => {
    saysComplete(harness.ocrolus);
    await receiveEverything(harness);
    expect(await harness.reader.book('b')).toMatchObject({ complete: true });
  };

  test('writes down what the event names before any request: until it ends the book is not complete', async () => {
    await complete();
    const seen: unknown[] = [];
    harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
    harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
    harness.ocrolus.before = async () => {
      const book = await readBook(harness.table, 'b');
      seen.push({ complete: book?.complete, dueAt: book?.dueAt, income: book?.entries.income });
    };
    const until = new Date(harness.clock.now() + 15 * 60_000).toISOString();
    await receive(harness, [income()], { attempts: 2 });
    expect(seen[0]).toMatchObject({ complete: false, dueAt: expect.any(String), income: { answered: 0 } });
    // Another copy of it may still be at work.
    expect(await readBook(harness.table, 'b')).toMatchObject({ again: until });
    harness.ocrolus.before = () => {};
    harness.clock.advance(16 * 60);
    await receive(harness, [look('b')]);
    expect(await harness.reader.book('b')).toMatchObject({ complete: true });
  });

  test('that dies straight after its first write leaves an open entry, and a book that is not complete', async () => {
    await complete();
    let writes = 0;
    const dying = createHarness(
      recordWrites(harness.table, () => ++writes > 1),
      { ocrolus: harness.ocrolus },
    );
    harness.ocrolus.before = () => Promise.reject(new Error('the Lambda died'));
    await receive(dying, [income()], { attempts: 2 });
    expect(await harness.reader.missing('b')).toContainEqual(expect.objectContaining({ kind: 'income' }));
    expect(await harness.reader.book('b')).toMatchObject({ complete: false, dueAt: expect.any(String) });
  });

  test('marks the document that it names: the next look asks, even if the message is never finished', async () => {
    const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
    saysCaptured(harness.ocrolus, 'b', 'd');
    await receive(harness, [delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' })]);
    harness.clock.advance(60);
    const again = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' });
    harness.ocrolus.before = () => Promise.reject(new Error('the Lambda died'));
    await receive(harness, [again], { attempts: 2 });
    harness.ocrolus.before = () => {};
    harness.clock.advance(16 * 60);
    harness.ocrolus.asked.splice(0);
    await receive(harness, [look('b')]);
    expect(harness.ocrolus.asked.map(({ operation }) => operation).sort()).toEqual([
      'book-status',
      'doc-form-data',
      'transactions',
    ]);
  });
});
