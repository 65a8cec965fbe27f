import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document } from '../testing/answers.ts';
import { look } from '../testing/harness.ts';

const book = useBook();

const D = { uploadedDocUuid: 'd' };

describe('a delivery that is being retried', () => {
  const message = () => book.event('DOC_VERIFIED', D);
  /** The table fails during the next calls. */
  const fails = (code: string) =>
    book.answers(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', code));

  test('is in the ledger with the code of each attempt, and then with its outcome', async () => {
    const event = message();
    const codes = ['dynamodb-throttled', 'dynamodb', 's3'];
    for (const [n, code] of codes.entries()) {
      fails(code);
      await book.receive([event], { attempts: n + 1 });
    }
    expect(await book.ledger()).toMatchObject([{ outcome: 'retrying', reason: 's3', codes, attempts: 3 }]);
    book.says('VERIFYING', [document('d')]);
    await book.receive([event], { attempts: 4 });
    expect(await book.ledger()).toMatchObject([{ outcome: 'applied', codes, attempts: 4 }]);
  });

  test('keeps the body that can be replayed', async () => {
    fails('dynamodb');
    const payload = { encoding: 'utf8', body: '{"event":"DOC_VERIFIED"}' } as const;
    await book.receive([{ ...message(), payload }]);
    expect(await book.ledger()).toMatchObject([{ outcome: 'retrying', payload: payload.body }]);
  });

  test('has no more codes than an item can hold', async () => {
    fails('dynamodb');
    const event = message();
    for (let n = 0; n < 60; n += 1) await book.receive([event], { attempts: 9 });
    expect((await book.ledger())[0]?.codes).toHaveLength(50);
  });

  test('that waits a few seconds for Ocrolus is not in the ledger', async () => {
    book.says('VERIFYING');
    expect(await book.receive([message()])).toHaveLength(1);
    expect(await book.ledger()).toEqual([]);
  });

  test('is not processed again once a copy of it is finished', async () => {
    book.says('VERIFYING');
    const event = message();
    await book.receive([event], { attempts: 3 });
    book.ocrolus.asked.splice(0);
    expect(await book.receive([event], { attempts: 4 })).toEqual([]);
    expect(book.ocrolus.asked).toEqual([]);
    expect(await book.ledger()).toMatchObject([{ outcome: 'waiting', attempts: 3 }]);
  });

  test('is retried even when the failed attempt cannot be recorded', async () => {
    book.beforeWrite = (item) => {
      if (item.startsWith('EVENT#')) throw new Error('DynamoDB is down');
    };
    fails('dynamodb');
    expect(await book.receive([message()])).toEqual(['message-0']);
  });
});

describe('the second receive of a message about a complete book', () => {
  const receiveAgain = (eventName: string) => book.deliver(eventName, D, { attempts: 2 });
  const lookLater = async () => {
    book.ocrolus.before = () => {};
    book.clock.advance(16 * 60);
    book.ocrolus.asked.splice(0);
    await book.receive([look('b')]);
  };
  const dies = () => {
    book.ocrolus.before = () => Promise.reject(new Error('the Lambda died'));
  };
  beforeEach(async () => {
    await book.complete();
    book.saysIncome();
  });

  test('writes down what the event names before any request: until it ends the book is not complete', async () => {
    const seen: unknown[] = [];
    book.ocrolus.before = async () => void seen.push(await book.item());
    const again = new Date(book.clock.now() + 15 * 60_000).toISOString();
    await receiveAgain('book.income.generated');
    const dueAt = expect.any(String);
    expect(seen[0]).toMatchObject({ complete: false, dueAt, entries: { income: { answered: 0 } } });
    // Another copy of it may still be at work.
    expect(await book.item()).toMatchObject({ again });
    await lookLater();
    expect(await book.shown()).toMatchObject({ complete: true });
  });

  test('that dies straight after its first write leaves an open entry, and a book that is not complete', async () => {
    dies();
    let writes = 0;
    book.beforeWrite = () => {
      writes += 1;
      if (writes > 1) throw new Error('killed');
    };
    await receiveAgain('book.income.generated');
    expect(await book.missing()).toContain('income b');
    expect(await book.shown()).toMatchObject({ complete: false, dueAt: expect.any(String) });
  });

  test('marks the document that it names: the next look asks, even if the message is never finished', async () => {
    dies();
    await receiveAgain('DOC_VERIFIED');
    await lookLater();
    const asked = book.ocrolus.asked.map(({ operation }) => operation);
    expect(asked.sort()).toEqual(['book-status', 'doc-form-data', 'transactions']);
  });
});
