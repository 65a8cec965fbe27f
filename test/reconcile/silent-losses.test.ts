import { expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error } from '../consumers/testing/answers.ts';
import { createHarness, receive } from '../consumers/testing/harness.ts';
import type { ScriptedOcrolus } from '../consumers/testing/ocrolus.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { createClock } from '../store/testing/clock.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { FORBIDDEN, saysEverything, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver, liveUntil, results } from './testing/harness.ts';

test('enriched transactions are read up to `total`, even if `filtered_total` is that of the page', async () => {
  const harness = await createBookHarness();
  const page = (offset: number, count: number) => ({
    body: {
      total: 120,
      filtered_total: count,
      offset,
      enriched_transactions: Array.from({ length: count }, (_, n) => ({ row: offset + n })),
    },
  });
  harness.ocrolus.says(calls.enrichedTransactions('b'), page(0, 50));
  harness.ocrolus.says(calls.enrichedTransactionsFrom('b', 50), page(50, 50));
  harness.ocrolus.says(calls.enrichedTransactionsFrom('b', 100), page(100, 20));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  const pages = await harness.reader.resultPages('b', 'enriched-transactions');
  const counts = pages?.map((body) => JSON.parse(String(body)).enriched_transactions.length);
  expect(counts).toEqual([50, 50, 20]);
});

test('a document that was active again, which only a poll has seen, is fetched again', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', [{ uuid: 'd', status: 'PROCESSING' }]);
  await liveUntil(harness, async () => (await book(harness))?.status === 'VERIFYING');
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }]);
  const forms = { status: 200, response: { forms: [{ form_type: 'W2' }] } };
  harness.ocrolus.says(calls.documentForms('d'), { body: forms });
  await harness.live(3);
  expect(await book(harness)).toMatchObject({ generation: 2, complete: true });
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toBe(JSON.stringify(forms));
});

test('a result that an active book does not have is requested again once the book is verified', async () => {
  const harness = await createBookHarness();
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', [{ uuid: 'd', status: 'PROCESSING' }]);
  const ofBook = [calls.bookSummary('b'), calls.cashFlowFeatures('b'), calls.enrichedTransactions('b')];
  for (const call of ofBook) harness.ocrolus.says(call, error(404, 9006));
  await deliver(harness, 'book.analytics_v2.generated');
  await harness.live(1);
  saysEverything(harness.ocrolus);
  await harness.live(3);
  expect(await book(harness)).toMatchObject({ status: 'VERIFIED', complete: true });
  expect(await results(harness)).toEqual(expect.arrayContaining(['summary b', 'cash-flow b']));
});

test('forms that were refused for all books for two days are fetched once they are served', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  const books = Array.from({ length: 25 }, (_, n) => ({ bookUuid: `b${n}`, docUuid: `d${n}` }));
  for (const { bookUuid, docUuid } of books) {
    saysStatus(ocrolus, bookUuid, 'VERIFYING', [{ uuid: docUuid, status: 'PROCESSING' }]);
    await deliver(harness, 'document.upload_succeeded', { bookUuid });
  }
  for (const { bookUuid, docUuid } of books) {
    saysEverything(ocrolus, bookUuid, [docUuid]);
    ocrolus.says(calls.documentForms(docUuid), FORBIDDEN);
  }
  await harness.live(3);
  for (const { bookUuid, docUuid } of books) saysEverything(ocrolus, bookUuid, [docUuid]);
  await harness.live(6);
  for (const { bookUuid, docUuid } of books) {
    expect(await results(harness, bookUuid)).toContain(`forms ${docUuid}`);
    expect(await harness.reader.book(bookUuid)).toMatchObject({ complete: true });
  }
});

test('a result that was only probed is fetched once the policy says always', async () => {
  const table = await memoryTable();
  const clock = createClock();
  const before = createPollerHarness(table, {}, { clock });
  saysEverything(before.ocrolus);
  await deliver(before, 'BOOK_VERIFIED');
  await before.live(14);
  const settings = { RESULTS: JSON.stringify({ income: 'always' }) };
  const after = createPollerHarness(table, settings, { clock, ocrolus: before.ocrolus });
  after.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  after.ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await after.live(8);
  expect(await results(after)).toContain('income b');
});

test.each([
  ['a 202 with a number as its job', { httpStatus: 202, body: { job_id: 17, status: 'PENDING' } }],
  ['a 202 without a job', { httpStatus: 202, body: { status: 'PENDING' } }],
  ['a 200 with a job that is pending', { httpStatus: 200, body: { job_id: 'j', status: 'PENDING' } }],
])('%s is not a result', async (_, reply) => {
  const harness = await createBookHarness();
  harness.ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  harness.ocrolus.says(calls.bookSummary('b', true), reply);
  const running = { httpStatus: 202, body: { job_id: 'j', status: 'PENDING' } };
  for (const job of ['j', '17']) harness.ocrolus.says(calls.analyticsJob(job), running);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await results(harness)).not.toContain('summary b');
  expect(await book(harness)).toMatchObject({ complete: false });
});

const startsJob = (ocrolus: ScriptedOcrolus, resultUrl: string, code: string) => {
  ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  ocrolus.says(calls.bookSummary('b', true), { httpStatus: 202, body: { job_id: 'j' } });
  ocrolus.says(calls.analyticsJob('j'), { body: { job_id: 'j', status: 'DONE', result_url: resultUrl } });
  ocrolus.says(resultUrl, new Failure('retry', code));
};

test.each<[string, (ocrolus: ScriptedOcrolus) => void]>([
  ['code 500', (ocrolus) => ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), error(500, 500))],
  ['code 503', (ocrolus) => ocrolus.says(calls.bookSummary('b'), error(503, 503))],
  ['a code of five digits', (ocrolus) => ocrolus.says(calls.bookSummary('b'), error(500, 50_001))],
  ['code 0', (ocrolus) => ocrolus.says(calls.bookSummary('b'), error(500, 0))],
  [
    'a result of a job that cannot be read',
    (ocrolus) => startsJob(ocrolus, 'https://s3.test/x', 'job-result'),
  ],
  ['an address that is not https', (ocrolus) => startsJob(ocrolus, 'http://s3.test/x', 'job-result-url')],
])('%s of Ocrolus is handed over to the poller, and never becomes a dead letter', async (_, says) => {
  const harness = await createBookHarness();
  says(harness.ocrolus);
  const event = delivery('book.analytics_v2.generated', { bookUuid: 'b' });
  const failed: number[] = [];
  for (let attempts = 1; attempts <= 20 && failed.at(-1) !== 0; attempts += 1) {
    failed.push((await receive(harness.consumers, [event], { attempts })).length);
    harness.clock.advance(900);
  }
  expect(failed.at(-1)).toBe(0);
});

test('a request of version 1 that a proxy refuses for three days is still fetched', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.analytics({ bookUuid: 'b' }), { body: { status: 200, response: { v1: true } } });
  ocrolus.says(calls.asyncAnalyticsResult('req'), FORBIDDEN);
  await deliver(harness, 'BOOK_VERIFIED');
  const ids = { bookUuid: 'b', analyticsRequestId: 'req' };
  await receive(harness.consumers, [delivery('ANALYTICS_COMPLETED', ids)]);
  await harness.live(3);
  const done = { req: { analytics_status: 'COMPLETED', analytics: {} } };
  ocrolus.says(calls.asyncAnalyticsResult('req'), { body: { status: 200, response: done } });
  await harness.live(3);
  expect(await results(harness)).toContain('analytics req');
  expect(await book(harness)).toMatchObject({ complete: true });
});

test('a result that an event names is requested even if twenty other books do not have it', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  for (let n = 0; n < 25; n += 1) {
    const bookUuid = `o${n}`;
    saysEverything(ocrolus, bookUuid, [`${bookUuid}d`]);
    ocrolus.says(calls.incomeCalculations(bookUuid), error(404, 1501));
    ocrolus.says(calls.incomeSummary(bookUuid), error(404, 1501));
    await deliver(harness, 'BOOK_VERIFIED', { bookUuid });
  }
  await deliver(harness, 'BOOK_VERIFIED');
  // The first probes, a day later, open the circuit.
  await harness.live(2);
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [1] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await deliver(harness, 'book.income.generated');
  expect(await results(harness)).toContain('income b');
});

test('of two events within seconds, the answer to the first does not replace the answer to the second', async () => {
  const harness = await createBookHarness();
  const { clock, ocrolus } = harness;
  // The Lambda of the first event has a clock that is ahead.
  const ahead = createClock();
  ahead.advance(3);
  const { bodies } = harness.consumers;
  const first = createHarness(harness.table, { clock: ahead, bodies });
  saysEverything(first.ocrolus);
  await deliver(harness, 'BOOK_VERIFIED');
  for (const one of [clock, ahead]) one.advance(600);
  first.ocrolus.says(calls.suspiciousActivityFlags('b'), { body: { version: 1 } });
  ocrolus.says(calls.suspiciousActivityFlags('b'), { body: { version: 2 } });
  const event = delivery('SUSPICIOUS_ACTIVITY', { bookUuid: 'b' }, { receivedAt: clock.iso() });
  first.ocrolus.before = async (target) => {
    if (!target.includes('suspicious')) return;
    clock.advance(1);
    expect(await deliver(harness, 'SUSPICIOUS_ACTIVITY')).toEqual([]);
  };
  expect(await receive(first, [event])).toEqual([]);
  await harness.live(2);
  expect(String(await harness.reader.resultBody('b', 'suspicious-activity'))).toContain('2');
});
