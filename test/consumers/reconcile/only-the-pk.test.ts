import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

const createTable = useTables();
let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await createTable());
});

const byPk = calls.bookStatus({ bookPk: '77' });
const income = () => {
  harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
  return delivery('book.income.generated', { bookPk: '77' });
};

test('a book that an event names by its pk is stored under its uuid', async () => {
  harness.ocrolus.says(byPk, bookStatus('b', 'VERIFYING', [], { pk: 77 }));
  await receive(harness, [income()]);
  expect(await harness.reader.book('b')).toMatchObject({ bookUuid: 'b', bookPk: '77', status: 'VERIFYING' });
  expect(await harness.reader.results('b')).toMatchObject([{ kind: 'income' }, { kind: 'income' }]);
  expect(await harness.reader.events('b')).toMatchObject([{ eventName: 'book.income.generated' }]);
  expect(await harness.reader.book('pk-77')).toBeUndefined();
  expect(await harness.reader.events('pk-77')).toEqual([]);
});

test('ten events by one pk cost one call of Book status', async () => {
  harness.ocrolus.says(byPk, bookStatus('b', 'VERIFYING', [], { pk: 77 }));
  await receive(harness, Array.from({ length: 10 }, income));
  expect(harness.ocrolus.count('book-status')).toBe(1);
});

test('while Ocrolus does not say which book a pk is, the message waits with growing pauses, for three days', async () => {
  harness.ocrolus.says(byPk, error(404, 1401));
  const event = income();
  const start = harness.clock.now();
  const waits: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    // A queue allows 20: some are left for copies, and for functions that die.
    expect(attempts).toBeLessThanOrEqual(16);
    if ((await receive(harness, [event], { attempts })).length === 0) break;
    const seconds = harness.visibility.get('receipt-0') ?? 0;
    waits.push(seconds);
    harness.clock.advance(seconds);
  }
  expect(waits.slice(0, 4)).toEqual([3, 15, 900, expect.any(Number)]);
  expect(Math.max(...waits)).toBe(8 * 3600);
  const days = (harness.clock.now() - start) / 86_400_000;
  expect(days).toBeGreaterThanOrEqual(2.9);
  expect(await harness.reader.events('pk-77')).toMatchObject([{ outcome: 'refused', reason: '1401' }]);
});

test('a delivery that waited while only the pk was known is in the ledger once, under the uuid', async () => {
  harness.ocrolus.says(byPk, new Failure('retry', 'http-503'));
  const event = income();
  await receive(harness, [event]);
  await receive(harness, [event], { attempts: 2 });
  expect(await harness.reader.events('pk-77')).toMatchObject([
    { outcome: 'retrying', codes: ['http-503', 'http-503'] },
  ]);
  harness.ocrolus.says(byPk, bookStatus('b', 'VERIFYING', [], { pk: 77 }));
  expect(await receive(harness, [event], { attempts: 3 })).toEqual([]);
  expect(await harness.reader.events('pk-77')).toEqual([]);
  expect(await harness.reader.events('b')).toMatchObject([{ codes: ['http-503', 'http-503'], attempts: 3 }]);
});

test('so is one that was redriven from the dead-letter queue, and is received as if for the first time', async () => {
  harness.ocrolus.says(byPk, new Failure('retry', 'http-503'));
  const event = income();
  await receive(harness, [event], { attempts: 20 });
  harness.ocrolus.says(byPk, bookStatus('b', 'VERIFYING', [], { pk: 77 }));
  expect(await receive(harness, [event])).toEqual([]);
  expect(await harness.reader.events('pk-77')).toEqual([]);
  expect(await harness.reader.events('b')).toMatchObject([{ codes: ['http-503'] }]);
});
