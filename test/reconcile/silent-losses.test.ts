import { expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error, signals } from '../consumers/testing/answers.ts';
import type { ScriptedOcrolus } from '../consumers/testing/ocrolus.ts';
import { createStage, delivery, receive } from '../consumers/testing/stage.ts';
import { createPollerStage, type PollerStage } from '../poller/testing/stage.ts';
import { createClock } from '../store/testing/clock.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { document, FORBIDDEN, saysEverything, saysStatus } from './testing/answers.ts';
import { announce, book, createBookStage, results } from './testing/stage.ts';

/**
 * Losses that were silent once: a review proved each of them on the finished checklist. The book was complete without
 * the result, or it was no longer asked for.
 */
/** Lives hour by hour until something has been seen. */
async function liveUntil(stage: PollerStage, isSeen: () => Promise<boolean>, hours = 40) {
  for (let hour = 0; hour < hours && !(await isSeen()); hour += 1) {
    await stage.liveHours(1);
  }
  expect(await isSeen()).toBe(true);
}

test('enriched transactions are read to their total, also when filtered_total is that of the page', async () => {
  const stage = await createBookStage();
  const page = (offset: number, count: number) => ({
    body: {
      total: 120,
      filtered_total: count,
      offset,
      enriched_transactions: Array.from({ length: count }, (_, n) => ({ row: offset + n })),
    },
  });
  stage.ocrolus.says(calls.enrichedTransactions('b'), page(0, 50));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 50), page(50, 50));
  stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 100), page(100, 20));
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(2);
  const pages = await stage.reader.resultPages('b', 'enriched-transactions');
  const counts = pages?.map((body) => JSON.parse(String(body)).enriched_transactions.length);
  expect(counts).toEqual([50, 50, 20]);
});

test('a document that was only polled while it was at work again is fetched again', async () => {
  const stage = await createBookStage();
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  expect(await book(stage)).toMatchObject({ complete: true });
  saysStatus(stage.ocrolus, 'b', 'VERIFYING', [{ uuid: 'd', status: 'PROCESSING' }]);
  await liveUntil(stage, async () => (await book(stage))?.status === 'VERIFYING');
  saysStatus(stage.ocrolus, 'b', 'VERIFIED', [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }]);
  const forms = { status: 200, response: { forms: [{ form_type: 'W2' }] } };
  stage.ocrolus.says(calls.documentForms('d'), { body: forms });
  await stage.live(3);
  expect(await book(stage)).toMatchObject({ generation: 2, complete: true });
  expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toBe(JSON.stringify(forms));
});

test('what a book at work does not have, it may have once it is verified', async () => {
  const stage = await createBookStage();
  saysStatus(stage.ocrolus, 'b', 'VERIFYING', [{ uuid: 'd', status: 'PROCESSING' }]);
  const ofBook = [calls.bookSummary('b'), calls.cashFlowFeatures('b'), calls.enrichedTransactions('b')];
  for (const call of ofBook) stage.ocrolus.says(call, error(404, 9006));
  await announce(stage, 'book.analytics_v2.generated');
  await stage.live(1);
  saysEverything(stage.ocrolus);
  await stage.live(3);
  expect(await book(stage)).toMatchObject({ status: 'VERIFIED', complete: true });
  expect(await results(stage)).toEqual(expect.arrayContaining(['summary b', 'cash-flow b']));
});

test('forms that were refused to all books for two days are fetched once they are served', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  const books = Array.from({ length: 25 }, (_, n) => ({ bookUuid: `b${n}`, docUuid: `d${n}` }));
  for (const { bookUuid, docUuid } of books) {
    saysStatus(ocrolus, bookUuid, 'VERIFYING', [{ uuid: docUuid, status: 'PROCESSING' }]);
    await announce(stage, 'document.upload_succeeded', { bookUuid });
  }
  for (const { bookUuid, docUuid } of books) {
    saysEverything(ocrolus, bookUuid, [docUuid]);
    ocrolus.says(calls.documentForms(docUuid), FORBIDDEN);
  }
  await stage.live(3);
  for (const { bookUuid, docUuid } of books) saysEverything(ocrolus, bookUuid, [docUuid]);
  await stage.live(6);
  for (const { bookUuid, docUuid } of books) {
    expect(await results(stage, bookUuid)).toContain(`forms ${docUuid}`);
    expect(await stage.reader.book(bookUuid)).toMatchObject({ complete: true });
  }
});

test('a result that was only probed is fetched once the policy says always', async () => {
  const table = await memoryTable();
  const clock = createClock();
  const before = createPollerStage(table, {}, { clock });
  saysEverything(before.ocrolus);
  await announce(before, 'BOOK_VERIFIED');
  await before.live(14);
  const settings = { RESULTS: JSON.stringify({ income: 'always' }) };
  const after = createPollerStage(table, settings, { clock, ocrolus: before.ocrolus });
  after.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  after.ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await after.live(8);
  expect(await results(after)).toContain('income b');
});

test('a round of its book does not replace the question for a document that the book did not have', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  const docs = (status: string) => [
    { uuid: 'd', status },
    { uuid: 'r', status: 'REJECTED' },
  ];
  saysEverything(ocrolus, 'b', ['d', 'r']);
  saysStatus(ocrolus, 'b', 'VERIFYING', docs('PROCESSING'));
  ocrolus.says(calls.documentSignals('r'), error(404, 1501));
  ocrolus.says(calls.partSignals('r'), error(404, 1501));
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  await announce(stage, 'document.upload_succeeded');
  await stage.live(1);
  const event = delivery(
    'document.detect.signal_found',
    { uploadedDocUuid: 'r' },
    { receivedAt: stage.clock.iso() },
  );
  await receive(stage.consumers, [event], { attempts: 3 });
  ocrolus.says(calls.documentSignals('r'), signals('b', { r: 'COMPLETED' }));
  saysStatus(ocrolus, 'b', 'VERIFIED', docs('VERIFICATION_COMPLETE'));
  // The queue is slow: messages of several rounds are processed together.
  for (let hour = 0; hour < 48; hour += 1) {
    stage.clock.advance(3600);
    await stage.run();
    if (hour % 8 === 7) await stage.process();
  }
  await stage.live(2);
  expect(await results(stage)).toContain('signals r');
});

test('Detect has two days for a document from the first answer that lacks it', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  saysEverything(ocrolus, 'b', ['d1', 'd2']);
  ocrolus.says(calls.bookSignals('b'), FORBIDDEN);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(3);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d1: 'COMPLETED' }));
  await liveUntil(stage, async () => (await results(stage)).includes('signals b'), 12);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d1: 'COMPLETED', d2: 'COMPLETED' }));
  await stage.live(3);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(await stage.reader.documents('b')).toMatchObject([
    { docUuid: 'd1', detect: { state: 'COMPLETED' } },
    { docUuid: 'd2', detect: { state: 'COMPLETED' } },
  ]);
});

test.each([
  ['a 202 with a number as its job', { httpStatus: 202, body: { job_id: 17, status: 'PENDING' } }],
  ['a 202 without a job', { httpStatus: 202, body: { status: 'PENDING' } }],
  ['a 200 with a job that is pending', { httpStatus: 200, body: { job_id: 'j', status: 'PENDING' } }],
])('%s is no result', async (_, reply) => {
  const stage = await createBookStage();
  stage.ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  stage.ocrolus.says(calls.bookSummary('b', true), reply);
  const running = { httpStatus: 202, body: { job_id: 'j', status: 'PENDING' } };
  for (const job of ['j', '17']) stage.ocrolus.says(calls.analyticsJob(job), running);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  expect(await results(stage)).not.toContain('summary b');
  expect(await book(stage)).toMatchObject({ complete: false });
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
  const stage = await createBookStage();
  says(stage.ocrolus);
  const event = delivery('book.analytics_v2.generated', { bookUuid: 'b' });
  const failed: number[] = [];
  for (let attempts = 1; attempts <= 20 && failed.at(-1) !== 0; attempts += 1) {
    failed.push((await receive(stage.consumers, [event], { attempts })).length);
    stage.clock.advance(900);
  }
  expect(failed.at(-1)).toBe(0);
});

test('a request of version 1 that a proxy refuses for three days is still fetched', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  ocrolus.says(calls.analytics({ bookUuid: 'b' }), { body: { status: 200, response: { v1: true } } });
  ocrolus.says(calls.asyncAnalyticsResult('req'), FORBIDDEN);
  await announce(stage, 'BOOK_VERIFIED');
  const ids = { bookUuid: 'b', analyticsRequestId: 'req' };
  await receive(stage.consumers, [delivery('ANALYTICS_COMPLETED', ids)]);
  await stage.live(3);
  const done = { req: { analytics_status: 'COMPLETED', analytics: {} } };
  ocrolus.says(calls.asyncAnalyticsResult('req'), { body: { status: 200, response: done } });
  await stage.live(3);
  expect(await results(stage)).toContain('analytics req');
  expect(await book(stage)).toMatchObject({ complete: true });
});

test('the state of Detect on a rejected document is written, whichever is read first: the document or its signals', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  const rejected = { uuid: 'r', status: 'REJECTED' };
  const verified = { uuid: 'd', status: 'VERIFICATION_COMPLETE' };
  saysStatus(ocrolus, 'b', 'VERIFIED', [verified]);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', r: 'UNABLE_TO_PROCESS' }));
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  saysStatus(ocrolus, 'b', 'VERIFIED', [verified, rejected]);
  await liveUntil(stage, async () => (await book(stage))?.complete === true);
  await stage.live(3);
  expect(await stage.reader.documents('b')).toMatchObject([
    { docUuid: 'd', detect: { state: 'COMPLETED' } },
    { docUuid: 'r', status: 'REJECTED', detect: { state: 'UNABLE_TO_PROCESS' } },
  ]);
  expect(await book(stage)).toMatchObject({ complete: true });
});

test('a rejected document that Detect does not list keeps no book incomplete', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  saysEverything(ocrolus);
  saysStatus(ocrolus, 'b', 'VERIFIED', [
    { uuid: 'd', status: 'VERIFICATION_COMPLETE' },
    { uuid: 'r', status: 'REJECTED' },
  ]);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(ocrolus.count('book-fraud-signals')).toBe(1);
});

const detectOf = async (stage: PollerStage, docUuid: string) =>
  (await stage.reader.documents('b')).find((one) => one.docUuid === docUuid)?.detect;

test('a document that Detect lists as pending is not given up after two days', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  await announce(stage, 'BOOK_VERIFIED');
  await stage.liveHours(30);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'PENDING' }));
  await stage.liveHours(30);
  expect(await book(stage)).toMatchObject({ complete: false });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  await stage.live(3);
  expect(await detectOf(stage, 'd')).toMatchObject({ state: 'COMPLETED' });
});

test('the two days for Detect begin when the book is verified, however early it was asked', async () => {
  const stage = await createBookStage({}, ['d0', 'd2']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d0'), document('d2', 'VERIFYING')]);
  ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  await announce(stage, 'document.verification_succeeded', { uploadedDocUuid: 'd0' });
  const ids = { bookUuid: 'b' };
  const early = delivery('book.detect.signal_not_found', ids, { receivedAt: stage.clock.iso() });
  await receive(stage.consumers, [early], { attempts: 3 });
  await stage.liveHours(46);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d0'), document('d2')]);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.liveHours(24);
  expect(await book(stage)).toMatchObject({ complete: false });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d2: 'COMPLETED' }));
  await stage.live(3);
  expect(await detectOf(stage, 'd2')).toMatchObject({ state: 'COMPLETED' });
});

test('the two days for Detect of an earlier generation are not those of the next', async () => {
  const stage = await createBookStage({}, ['d0', 'd2']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d0')]);
  ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  await announce(stage, 'BOOK_VERIFIED');
  await stage.liveHours(30);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d0'), document('d2', 'VERIFYING')]);
  await announce(stage, 'document.upload_succeeded');
  await stage.liveHours(40);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d0'), document('d2'), document('d3', 'VERIFYING')]);
  await announce(stage, 'document.verification_succeeded', { uploadedDocUuid: 'd2' });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d0: 'COMPLETED' }));
  await announce(stage, 'book.detect.signal_not_found');
  await stage.liveHours(1);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d0'), document('d2')]);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d0: 'COMPLETED', d2: 'COMPLETED' }));
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(4);
  expect(await detectOf(stage, 'd2')).toMatchObject({ state: 'COMPLETED' });
});

test('a result that an event names is asked for although twenty other books have none of it', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  for (let n = 0; n < 25; n += 1) {
    const bookUuid = `o${n}`;
    saysEverything(ocrolus, bookUuid, [`${bookUuid}d`]);
    ocrolus.says(calls.incomeCalculations(bookUuid), error(404, 1501));
    ocrolus.says(calls.incomeSummary(bookUuid), error(404, 1501));
    await announce(stage, 'BOOK_VERIFIED', { bookUuid });
  }
  await announce(stage, 'BOOK_VERIFIED');
  // The first probes, a day later, open the circuit.
  await stage.live(2);
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [1] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await announce(stage, 'book.income.generated');
  expect(await results(stage)).toContain('income b');
});

test('of two events within seconds, the answer to the first does not replace the one to the second', async () => {
  const stage = await createBookStage();
  const { clock, ocrolus } = stage;
  // The Lambda of the first event has a clock that is ahead.
  const ahead = createClock();
  ahead.advance(3);
  const { bodies } = stage.consumers;
  const first = createStage(stage.table, { clock: ahead, bodies });
  saysEverything(first.ocrolus);
  await announce(stage, 'BOOK_VERIFIED');
  for (const one of [clock, ahead]) one.advance(600);
  first.ocrolus.says(calls.suspiciousActivityFlags('b'), { body: { version: 1 } });
  ocrolus.says(calls.suspiciousActivityFlags('b'), { body: { version: 2 } });
  const event = delivery('SUSPICIOUS_ACTIVITY', { bookUuid: 'b' }, { receivedAt: clock.iso() });
  first.ocrolus.before = async (target) => {
    if (!target.includes('suspicious')) return;
    clock.advance(1);
    expect(await announce(stage, 'SUSPICIOUS_ACTIVITY')).toEqual([]);
  };
  expect(await receive(first, [event])).toEqual([]);
  await stage.live(2);
  expect(String(await stage.reader.resultBody('b', 'suspicious-activity'))).toContain('2');
});
