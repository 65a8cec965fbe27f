import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { bookStatus, error, saysCaptured, signals, TOO_EARLY } from '../consumers/testing/answers.ts';
import { saysAnalytics, saysNoProbes } from '../consumers/testing/complete-book.ts';
import { receive } from '../consumers/testing/harness.ts';
import { EVERY_KIND, makeBook } from './testing/books.ts';
import type { PollerHarness } from './testing/harness.ts';
import { createResultsHarness, FINISHED, polledResults } from './testing/polled-results.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = await createResultsHarness();
});

const { says, book, polledFor, kinds } = polledResults(() => harness);

test('an account without analytics is asked for each of them less and less often', async () => {
  await makeBook(harness.table, 'b');
  for (const call of [calls.bookSummary('b'), calls.cashFlowFeatures('b'), calls.enrichedTransactions('b')])
    harness.ocrolus.says(call, error(403, 1203));
  says('VERIFIED', FINISHED);
  await polledFor(24, 10);
  expect(harness.ocrolus.count('Book-summary')).toBeLessThanOrEqual(9);
  expect(await book()).toMatchObject({
    complete: false,
    open: ['cash-flow', 'enriched-transactions', 'summary'],
  });
});

test('a product that no book of the account gets costs one call an hour, and is fetched once it is served', async () => {
  const books = Array.from({ length: 24 }, (_, n) => `b${n}`);
  const refuse = (bookUuid: string) => harness.ocrolus.says(calls.bookSummary(bookUuid), error(403, 1203));
  for (const bookUuid of books) {
    await makeBook(harness.table, bookUuid);
    const docs = [{ uuid: `${bookUuid}-d`, status: 'VERIFICATION_COMPLETE' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFIED', docs));
    saysCaptured(harness.ocrolus, bookUuid, `${bookUuid}-d`);
    saysAnalytics(harness.ocrolus, bookUuid);
    saysNoProbes(harness.ocrolus, bookUuid);
    harness.ocrolus.says(calls.bookSignals(bookUuid), signals(bookUuid, { [`${bookUuid}-d`]: 'COMPLETED' }));
    refuse(bookUuid);
  }
  await harness.live(0.5);
  const before = harness.ocrolus.count('Book-summary');
  expect(before).toBeLessThan(60);
  await harness.live(0.5);
  expect(harness.ocrolus.count('Book-summary') - before).toBeLessThanOrEqual(12);
  // For a day it may be an outage.
  expect(await readBook(harness.table, 'b0')).toMatchObject({ complete: false, open: ['summary'] });
  await harness.live(1.5);
  const states = await Promise.all(books.map((bookUuid) => readBook(harness.table, bookUuid)));
  expect(states.map((one) => one?.complete)).toEqual(books.map(() => true));
  expect(states.map((one) => one?.entries.summary?.code)).toEqual(books.map(() => 'not-served'));

  for (const bookUuid of books) saysAnalytics(harness.ocrolus, bookUuid);
  await harness.live(4);
  for (const bookUuid of books) {
    expect((await readBook(harness.table, bookUuid))?.entries.summary).toMatchObject({ state: 'stored' });
  }
});

test.each([
  ['forms', calls.documentForms('d'), 'doc-form-data'],
  ['summaries', calls.bookSummary('b'), 'Book-summary'],
])('%s that are never ready are requested less and less often', async (_, call, operation) => {
  await makeBook(harness.table, 'b');
  harness.ocrolus.says(call, TOO_EARLY);
  says('VERIFIED', FINISHED);
  await polledFor(24, 10);
  expect(harness.ocrolus.count(operation)).toBeLessThan(15);
  expect(harness.ocrolus.count('book-status')).toBeLessThan(40);
});

test('a pending result that becomes ready does not hide a later one', async () => {
  await makeBook(harness.table, 'b');
  harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  says('VERIFIED', FINISHED);
  await polledFor(4);
  saysCaptured(harness.ocrolus, 'b', 'd');
  await polledFor(8);
  expect(await kinds()).toEqual(EVERY_KIND);
  expect(await book()).toMatchObject({ complete: true });
});

test('a result whose announcement was lost is found by a probe a day after the book was verified', async () => {
  await makeBook(harness.table, 'b');
  harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [{}] } });
  harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
  says('VERIFIED', FINISHED);
  await polledFor(12);
  // A probe still to come is no open entry.
  expect(await book()).toMatchObject({ complete: true });
  expect(await kinds()).toEqual(EVERY_KIND);
  await polledFor(16, 30);
  expect(await kinds()).toContain('income');
  expect(await book()).toMatchObject({ complete: true, income: { state: 'available' } });
});

test('a probe that is refused three times is not repeated', async () => {
  await makeBook(harness.table, 'b');
  says('VERIFIED', FINISHED);
  await harness.live(30);
  for (const operation of [
    'income-calculations',
    'classification-summary',
    'suspicious-activity-flags',
    'analytics',
  ]) {
    expect([operation, harness.ocrolus.count(operation)]).toEqual([operation, 3]);
  }
  expect(await book()).toMatchObject({ complete: true });
});

test('a message that was lost is sent again', async () => {
  await makeBook(harness.table, 'b');
  says('VERIFIED', FINISHED);
  for (let run = 0; run < 12; run += 1) {
    await harness.run();
    harness.sent.splice(0);
    harness.clock.advance(300);
  }
  await polledFor(4);
  expect(await book()).toMatchObject({ complete: true });
});

test('a message that was overtaken by a newer one asks for nothing', async () => {
  await makeBook(harness.table, 'b');
  says('VERIFIED', FINISHED);
  const old: typeof harness.sent = [];
  for (let run = 0; run < 12; run += 1) {
    await harness.run();
    old.push(...harness.sent.splice(0));
    harness.clock.advance(300);
  }
  await polledFor(4);
  const asked = harness.ocrolus.asked.length;
  for (const message of old) await receive(harness.consumers, [message]);
  expect(harness.ocrolus.asked).toHaveLength(asked);
});
