import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error, saysCaptured, signals } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { ANALYTICS_TOO_EARLY, saysAnalytics, saysBook, saysStatus } from './testing/answers.ts';
import { createBookHarness, deliver } from './testing/harness.ts';

test('a classify-only book is complete once it is classified', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  const more = { book_class: 'INSTANT_CLASSIFY_ONLY' };
  saysBook(ocrolus, 'b', { book_status: 'VERIFYING', docs: [{ uuid: 'd', status: 'PROCESSING' }], ...more });
  await deliver(harness, 'document.upload_succeeded');
  saysBook(ocrolus, 'b', { book_status: 'VERIFYING', docs: [{ uuid: 'd', status: 'CLASSIFIED' }], ...more });
  ocrolus.says(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
  await harness.live(1);
  expect((await harness.reader.results('b')).map(({ kind }) => kind)).toEqual(['classification']);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('Middesk `pending` is not final', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  ocrolus.says(calls.business('b', 'm'), { body: { middesk_response: { status: 'pending' } } });
  const event = delivery('MIDDESK_VERIFIED', { bookUuid: 'b', businessUuid: 'm' });
  await receive(harness.consumers, [event], { attempts: 3 });
  expect(await harness.reader.missing('b')).toEqual(
    expect.arrayContaining([expect.objectContaining({ kind: 'business', subject: 'm', state: 'pending' })]),
  );
  ocrolus.says(calls.business('b', 'm'), { body: { middesk_response: { status: 'verified' } } });
  await harness.live(1);
  expect(String(await harness.reader.resultBody('b', 'business', 'm'))).toContain('verified');
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('after 9001 and one retry, analytics are computed by a job', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.bookSummary('b'), error(400, 9001));
  ocrolus.says(calls.bookSummary('b', true), { httpStatus: 202, body: { job_id: 'j', status: 'PENDING' } });
  await deliver(harness, 'book.analytics_v2.generated', {}, { attempts: 3 });
  const asked = ocrolus.asked.filter(({ operation }) => operation === 'Book-summary');
  expect(asked.map(({ target }) => target)).toEqual([
    '/v2/book/b/summary',
    '/v2/book/b/summary',
    '/v2/book/b/summary?async=true',
  ]);
});

test('a finished job is remembered while another one runs, and a job from before a reopening is dropped', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  const job = (id: string) => ({ httpStatus: 202, body: { job_id: id, status: 'PENDING' } });
  ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  ocrolus.says(calls.bookSummary('b', true), job('summary-1'));
  ocrolus.says(calls.cashFlowFeatures('b'), error(422, 1100));
  ocrolus.says(calls.cashFlowFeatures('b', true), job('cash-1'));
  ocrolus.says(calls.analyticsJob('summary-1'), {
    body: { status: 'DONE', result_url: 'https://s3.example/summary-1' },
  });
  ocrolus.says('https://s3.example/summary-1', { body: { job: 'summary-1' } });
  ocrolus.says(calls.analyticsJob('cash-1'), job('cash-1'));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  const started = () => ocrolus.asked.filter(({ target }) => target.includes('async=true')).length;
  expect(started()).toBe(2);
  expect(String(await harness.reader.resultBody('b', 'summary'))).toBe('{"job":"summary-1"}');
  expect((await harness.reader.missing('b')).map(({ kind }) => kind)).toEqual(['cash-flow']);

  // A document is added: the job of the previous generation no longer counts.
  saysCaptured(ocrolus, 'b', 'd2');
  saysStatus(ocrolus, 'b', 'VERIFIED', [
    { uuid: 'd', status: 'VERIFICATION_COMPLETE' },
    { uuid: 'd2', status: 'VERIFICATION_COMPLETE' },
  ]);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', d2: 'COMPLETED' }));
  ocrolus.says(calls.analyticsJob('cash-1'), {
    body: { status: 'DONE', result_url: 'https://s3.example/cash-1' },
  });
  ocrolus.says('https://s3.example/cash-1', { body: { job: 'cash-1' } });
  saysAnalytics(ocrolus, 'b', 2);
  await harness.live(3);
  expect(String(await harness.reader.resultBody('b', 'cash-flow'))).toBe('{"num_of_months":2}');
  expect(await harness.reader.book('b')).toMatchObject({ generation: 2, complete: true });
});

test('version 1 analytics do not count as version 2, and probes find results whose announcement was lost', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.analytics({ bookUuid: 'b' }), { body: { response: { bank_accounts: {} } } });
  ocrolus.says(calls.bookSummary('b'), ANALYTICS_TOO_EARLY);
  await deliver(harness, 'BOOK_VERIFIED');
  await deliver(harness, 'ANALYTICS_COMPLETED');
  expect((await harness.reader.book('b'))?.analytics).toBeUndefined();
  saysAnalytics(ocrolus);
  // Income was generated, and the announcement was lost.
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await harness.live(0.5);
  expect(await harness.reader.book('b')).toMatchObject({ complete: true, analytics: { state: 'available' } });
  expect(ocrolus.count('income-calculations')).toBe(0);
  await harness.live(1.5);
  expect((await harness.reader.results('b')).map(({ kind }) => kind)).toContain('income');
  // A result that no probe finds is asked for three times and then left alone.
  await harness.live(20);
  expect(ocrolus.count('suspicious-activity-flags')).toBe(3);
});
