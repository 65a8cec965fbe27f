import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { error } from '../testing/answers.ts';
import { type Harness, look, receive } from '../testing/harness.ts';
import { analytics, createAnalyticsHarness } from './testing/analytics.ts';

let harness: Harness;

beforeEach(async () => {
  harness = createAnalyticsHarness(await memoryTable());
});

const { deliver, kinds, entry } = analytics(() => harness);

/** Some time later, the poller hands the book over. */
const follow = (minutes = 6) => {
  harness.clock.advance(minutes * 60);
  return receive(harness, [look('b')]);
};

const started = (job_id: string) => ({ httpStatus: 202, body: { job_id, status: 'PENDING' } });

const SIGNED = 'https://results.example/signed';

const finished = { body: { job_id: 'job-1', status: 'DONE', result_url: SIGNED } };

/** The summary is computed by a job, which has been started. */
async function startJob(): Promise<void> {
  harness.ocrolus.says(calls.bookSummary('b'), error(400, 1100));
  harness.ocrolus.says(calls.bookSummary('b', true), started('job-1'));
  await deliver();
}

describe('a job', () => {
  test.each([400, 422])(
    'is started for what is too large for one answer (%i), and its id is kept',
    async (status) => {
      harness.ocrolus.says(calls.bookSummary('b'), error(status, 1100));
      harness.ocrolus.says(calls.bookSummary('b', true), started('job-1'));
      await deliver();
      expect(await entry()).toMatchObject({ answered: 0, job: { id: 'job-1' } });
      expect(await kinds()).toEqual(['cash-flow', 'enriched-transactions']);
    },
  );

  test('is started for what takes too long, after one retry', async () => {
    harness.ocrolus.says(calls.bookSummary('b'), error(400, 9001));
    harness.ocrolus.says(calls.bookSummary('b', true), started('job-1'));
    await deliver();
    expect(harness.ocrolus.asked.filter(({ operation }) => operation === 'Book-summary')).toHaveLength(3);
    expect(await entry()).toMatchObject({ answered: 0, job: { id: 'job-1' } });
  });

  test.each([
    ['..', 202],
    ['..', 200],
    [undefined, 202],
  ])('whose id cannot be part of a path is not asked for (%j, %i)', async (job_id, httpStatus) => {
    harness.ocrolus.says(calls.bookSummary('b'), error(400, 1100));
    harness.ocrolus.says(calls.bookSummary('b', true), { httpStatus, body: { job_id, status: 'PENDING' } });
    await deliver();
    expect(await entry()).toMatchObject({ answered: 0, code: 'job-unreadable' });
    expect(await entry()).not.toHaveProperty('job');
    expect(await kinds()).not.toContain('summary');
  });

  test('may have a number as its id', async () => {
    harness.ocrolus.says(calls.bookSummary('b'), error(400, 1100));
    harness.ocrolus.says(calls.bookSummary('b', true), { httpStatus: 202, body: { job_id: 17 } });
    await deliver();
    expect(await entry()).toMatchObject({ answered: 0, job: { id: '17' } });
  });

  test('is not started when the second try succeeds', async () => {
    harness.ocrolus.says(calls.bookSummary('b'), error(400, 9001), { body: { number_of_docs_processed: 3 } });
    await deliver();
    expect(await entry()).toMatchObject({ state: 'stored' });
  });

  test('that is finished is fetched from where it says, under the name of its operation', async () => {
    await startJob();
    const before = harness.ocrolus.count('Book-summary');
    harness.ocrolus.says(calls.analyticsJob('job-1'), finished);
    harness.ocrolus.says(SIGNED, { body: { number_of_docs_processed: 2000 } });
    expect(await follow()).toEqual([]);
    const summary = (await harness.reader.results('b')).find(({ kind }) => kind === 'summary');
    expect(summary).toMatchObject({ operation: 'Book-summary', summary: { documents: 2000 } });
    expect(harness.ocrolus.count('Book-summary')).toBe(before + 1);
    expect(await entry()).toMatchObject({ state: 'stored' });
    expect(await entry()).not.toHaveProperty('job');
  });

  test('computes a result that is as old as its start, whenever it is fetched', async () => {
    await startJob();
    const startedAt = (await entry())?.job?.at;
    harness.ocrolus.says(calls.analyticsJob('job-1'), finished);
    harness.ocrolus.says(SIGNED, { body: { number_of_docs_processed: 2000 } });
    await follow();
    expect(await entry()).toMatchObject({ state: 'stored', at: startedAt });
    const summary = (await harness.reader.results('b')).find(({ kind }) => kind === 'summary');
    expect(summary?.fetchedAt).toBe(startedAt);
  });

  test('that is running is waited for, and not started again', async () => {
    await startJob();
    const before = harness.ocrolus.count('Book-summary');
    harness.ocrolus.says(calls.analyticsJob('job-1'), started('job-1'));
    await follow();
    expect(await entry()).toMatchObject({ answered: 0, code: 'job-pending', job: { id: 'job-1' } });
    expect(harness.ocrolus.count('Book-summary')).toBe(before);
  });

  test('that is running is asked for at least once an hour: job and result live for a day', async () => {
    await startJob();
    harness.ocrolus.says(calls.analyticsJob('job-1'), started('job-1'));
    for (let n = 0; n < 8; n += 1) {
      await follow(60);
      const { nextAt = '' } = (await entry()) ?? {};
      expect(Date.parse(nextAt) - harness.clock.now()).toBeLessThanOrEqual(3_600_000);
    }
  });

  test.each([
    ['404', { httpStatus: 404, body: { job_id: 'job-1', error: 'x' } }, 1],
    ['200', { httpStatus: 200, body: { error: 'Job not found or has expired' } }, 96],
    ['404 and a code', error(404, 1501), 96],
    ['410', { httpStatus: 410, body: { error: 'expired' } }, 96],
  ])('that Ocrolus no longer knows is started again, as said by %s', async (_, reply, hours) => {
    await startJob();
    harness.ocrolus.says(calls.analyticsJob('job-1'), reply);
    harness.ocrolus.says(calls.bookSummary('b', true), started('job-2'));
    for (let hour = 0; hour < hours && (await entry())?.job?.id !== 'job-2'; hour += 1) await follow(60);
    expect(await entry()).toMatchObject({ answered: 0, job: { id: 'job-2' } });
  });

  test.each([
    ['is refused by a proxy', { httpStatus: 403, body: { message: 'Forbidden' } }],
    ['has a result whose link has expired', finished],
  ])('that %s is kept', async (_, reply) => {
    await startJob();
    harness.ocrolus.says(calls.analyticsJob('job-1'), reply);
    harness.ocrolus.says(SIGNED, { httpStatus: 403, body: {} });
    await follow();
    expect(await entry()).toMatchObject({ job: { id: 'job-1' } });
    expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'summary' }]);
  });

  test('that fails is started again, three times over three days, before it is final', async () => {
    const failed = { httpStatus: 422, body: { job_id: 'job-1', error: 'x' } };
    await startJob();
    harness.ocrolus.says(calls.analyticsJob('job-1'), failed);
    const start = harness.clock.now();
    const startedAfter: number[] = [];
    let before = harness.ocrolus.count('Book-summary');
    for (let hour = 0; hour < 200 && (await entry())?.state === undefined; hour += 1) {
      await follow(60);
      const asked = harness.ocrolus.count('Book-summary');
      if (asked > before) startedAfter.push(Math.round((harness.clock.now() - start) / 3_600_000));
      before = asked;
    }
    // After an hour, a day and three days, each from the failure before.
    expect(startedAfter).toEqual([2, 27, 100]);
    expect(await entry()).toMatchObject({ state: 'unavailable', code: 'job-failed' });
    expect(await entry()).not.toHaveProperty('job');
  });

  test.each([
    ['422', { httpStatus: 422, body: { job_id: 'job-1' } }],
    ['200', { httpStatus: 200, body: { status: 'FAILED', error: 'too many' } }],
    ['422 and code 9003', error(422, 9003)],
    ['404 and code 9006', error(404, 9006)],
  ])('that fails, as said by %s, does not end the result: the next one may compute it', async (_, reply) => {
    await startJob();
    harness.ocrolus.says(calls.analyticsJob('job-1'), reply);
    await follow();
    harness.ocrolus.says(calls.bookSummary('b', true), started('job-2'));
    harness.ocrolus.says(calls.analyticsJob('job-2'), finished);
    harness.ocrolus.says(SIGNED, { body: { number_of_docs_processed: 2000 } });
    for (let hour = 0; hour < 3; hour += 1) await follow(60);
    expect(await entry()).toMatchObject({ state: 'stored' });
  });

  test('of one result does not mix with that of another', async () => {
    harness.ocrolus.says(calls.cashFlowFeatures('b'), error(400, 1100));
    harness.ocrolus.says(calls.cashFlowFeatures('b', true), started('job-2'));
    await startJob();
    expect(await entry('summary')).toMatchObject({ job: { id: 'job-1' } });
    expect(await entry('cash-flow')).toMatchObject({ job: { id: 'job-2' } });
  });

  test('that finished is remembered while another one runs', async () => {
    harness.ocrolus.says(calls.cashFlowFeatures('b'), error(400, 1100));
    harness.ocrolus.says(calls.cashFlowFeatures('b', true), started('job-2'));
    await startJob();
    harness.ocrolus.says(calls.analyticsJob('job-1'), finished);
    harness.ocrolus.says(calls.analyticsJob('job-2'), started('job-2'));
    harness.ocrolus.says(SIGNED, { body: { number_of_docs_processed: 2000 } });
    for (let n = 0; n < 3; n += 1) await follow(60);
    expect(harness.ocrolus.asked.filter(({ target }) => target.endsWith('jobs/job-1'))).toHaveLength(1);
    expect(await entry('cash-flow')).toMatchObject({ answered: 0, job: { id: 'job-2' } });
  });

  test('counts for the mark that started it: a result that was announced since is asked for again', async () => {
    await startJob();
    harness.clock.advance(60);
    harness.ocrolus.says(calls.analyticsJob('job-1'), finished);
    harness.ocrolus.says(SIGNED, { body: { number_of_docs_processed: 1 } });
    await deliver();
    expect(String(await harness.reader.resultBody('b', 'summary'))).toContain('1');
    harness.ocrolus.says(calls.bookSummary('b'), { body: { number_of_docs_processed: 2 } });
    await follow();
    expect(String(await harness.reader.resultBody('b', 'summary'))).toContain('2');
    expect(await harness.reader.missing('b')).toEqual([]);
  });
});
