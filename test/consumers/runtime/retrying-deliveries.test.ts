import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readBook } from '../../../shared/store/books.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, saysCaptured } from '../testing/answers.ts';
import { receiveEverything, saysComplete } from '../testing/complete-book.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
import { recordWrites } from '../testing/recorded-table.ts';
import { entryOf } from '../testing/stored.ts';

const createTable = useTables();
let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await createTable());
});

const fails = (code: string) =>
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', code));
const ledger = () => harness.reader.events('b');

describe('a delivery that is being retried', () => {
  const message = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' });

  test('is in the ledger with the code of each attempt, and then with its outcome', async () => {
    for (const [n, code] of ['network', 'http-503', 'http-500'].entries()) {
      fails(code);
      await receive(harness, [message], { attempts: n + 1 });
    }
    expect(await ledger()).toMatchObject([
      { outcome: 'retrying', reason: 'http-500', codes: ['network', 'http-503', 'http-500'], attempts: 3 },
    ]);
    const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
    saysCaptured(harness.ocrolus, 'b', 'd');
    await receive(harness, [message], { attempts: 4 });
    expect(await ledger()).toMatchObject([
      { outcome: 'applied', codes: ['network', 'http-503', 'http-500'], attempts: 4 },
    ]);
  });

  test('keeps the body that can be replayed', async () => {
    fails('network');
    const payload = { encoding: 'utf8', body: '{"event":"DOC_VERIFIED"}' } as const;
    await receive(harness, [{ ...message, payload }]);
    expect(await ledger()).toMatchObject([{ outcome: 'retrying', payload: payload.body }]);
  });

  test('is recorded once while it is throttled, however long that lasts', async () => {
    const recorded = recordWrites(harness.table);
    harness = createHarness(recorded);
    fails('http-429');
    for (const attempts of [1, 2, 3, 4]) await receive(harness, [message], { attempts });
    expect(await ledger()).toMatchObject([{ outcome: 'retrying', codes: ['http-429'] }]);
    expect(recorded.written.filter((item) => item.startsWith('EVENT#'))).toHaveLength(1);
  });

  test('has no more codes than an item can hold', async () => {
    fails('http-503');
    for (let n = 0; n < 60; n += 1) await receive(harness, [message], { attempts: 9 });
    expect((await ledger())[0]?.codes).toHaveLength(50);
  });

  test('that waits a few seconds for Ocrolus is not in the ledger', async () => {
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
    expect(await receive(harness, [message])).toHaveLength(1);
    expect(await ledger()).toEqual([]);
  });

  test('never replaces the outcome of a delivery that is finished', async () => {
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
    await receive(harness, [message], { attempts: 3 });
    fails('network');
    await receive(harness, [message], { attempts: 4 });
    expect(await ledger()).toMatchObject([{ outcome: 'waiting', attempts: 3 }]);
  });

  test('is retried even when the failed attempt cannot be recorded', async () => {
    harness = createHarness(recordWrites(harness.table, (item) => item.startsWith('EVENT#')));
    fails('network');
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

  test('begins by recording what the event names, before any request', async () => {
    await complete();
    const { calculations, seen } = { calculations: calls.incomeCalculations('b'), seen: [] as unknown[] };
    harness.ocrolus.says(calculations, new Failure('retry', 'http-503'));
    harness.ocrolus.before = async (target) => {
      if (target === calculations.path) seen.push(await entryOf(harness.table, 'b', 'income'));
    };
    const message = income();
    await receive(harness, [message]);
    await receive(harness, [message], { attempts: 2 });
    expect(seen).toMatchObject([{ state: 'probe' }, { state: 'wanted', openedAt: message.receivedAt }]);
  });

  test('holds the book: it is not complete, and due when the message may have failed', async () => {
    await complete();
    const message = income();
    harness.ocrolus.says(calls.incomeCalculations('b'), new Failure('retry', 'http-503'));
    await receive(harness, [message], { attempts: 2 });
    const held = await readBook(harness.table, 'b');
    const until = new Date(harness.clock.now() + 15 * 60_000).toISOString();
    expect(held).toMatchObject({ complete: false, hold: { by: message.deliveryId } });
    expect(held?.dueAt?.localeCompare(until)).toBeLessThanOrEqual(0);

    harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
    harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
    await receive(harness, [message], { attempts: 3 });
    expect(await readBook(harness.table, 'b')).not.toHaveProperty('hold');
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

  test('opens the entries of the document that it names, so that it is found even if the message is never finished', async () => {
    const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
    saysCaptured(harness.ocrolus, 'b', 'd');
    await receive(harness, [delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' })]);
    harness.clock.advance(60);
    const receivedAt = harness.clock.iso();
    const again = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }, { receivedAt });
    fails('network');
    await receive(harness, [again]);
    expect(await harness.reader.missing('b')).toEqual([]);
    await receive(harness, [again], { attempts: 2 });
    expect((await harness.reader.missing('b')).map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'forms d',
      'transactions d',
    ]);
  });

  test('of a message of the poller records nothing, because the poller finds it itself', async () => {
    const recorded = recordWrites(harness.table);
    harness = createHarness(recorded);
    fails('network');
    const polled = delivery('poll.status', { bookUuid: 'b' }, { source: 'poll', channel: 'lifecycle' });
    await receive(harness, [polled], { attempts: 2 });
    expect(recorded.written.filter((item) => !item.startsWith('EVENT#'))).toEqual([]);
  });
});
