import { beforeEach, expect, test } from 'vitest';
import { observe } from '../../../functions/consumers/book-analytics.ts';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readWaits } from '../../../shared/store/waits.ts';
import { useTables } from '../../store/testing/table.ts';
import { error, TOO_EARLY } from '../testing/answers.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  stage.ocrolus.says(calls.bookSummary('b'), { body: { number_of_docs_processed: 3 } });
  stage.ocrolus.says(calls.cashFlowFeatures('b'), { body: { num_of_months: 12 } });
  stage.ocrolus.says(calls.enrichedTransactions('b'), { body: { enriched_transactions: [] } });
});

const tell = (jobs?: Record<string, string>, receiving: Receiving = {}) => {
  const more = jobs === undefined ? {} : { jobs };
  const event = delivery('book.analytics_v2.generated', { bookUuid: 'b' }, more);
  return receive(stage, observe, [event], { attempts: 3, ...receiving });
};
const kinds = async () => (await stage.reader.results('b')).map(({ kind }) => kind);
const book = () => stage.reader.book('b');
const waits = () => readWaits(stage.table, 'b');

test('summary, cash flow and transactions are stored, and the book says so', async () => {
  expect(await tell()).toEqual([]);
  expect(await stage.reader.results('b')).toMatchObject([
    { kind: 'cash-flow', subject: 'b', operation: 'cash-flow-features', summary: { months: 12 } },
    { kind: 'summary', subject: 'b', operation: 'Book-summary', summary: { documents: 3 } },
    { kind: 'transactions', subject: 'b', operation: 'enriched-transactions' },
  ]);
  expect(await book()).toMatchObject({ analytics: { state: 'available' } });
});

test('one that Ocrolus refuses does not keep the others away', async () => {
  stage.ocrolus.says(calls.cashFlowFeatures('b'), error(403, 1203));
  expect(await tell()).toEqual([]);
  expect(await kinds()).toEqual(['summary', 'transactions']);
  expect(await book()).toMatchObject({ analytics: { state: 'available', reason: '1203' } });
});

test('one that is not ready does not keep the others away, and is waited for', async () => {
  stage.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await tell();
  expect(await kinds()).toEqual(['cash-flow', 'transactions']);
  expect(await waits()).toHaveLength(1);
  expect(await book()).not.toHaveProperty('analytics');
});

test('a fault in passing outweighs what is not ready: the message comes back', async () => {
  stage.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  stage.ocrolus.says(calls.cashFlowFeatures('b'), new Failure('retry', 'http-503'));
  expect(await tell()).toEqual(['message-0']);
  expect(await waits()).toEqual([]);
});

const started = (job_id: string) => ({ httpStatus: 202, body: { job_id, status: 'PENDING' } });
const SIGNED = 'https://results.example/signed';

test('what is too large for one answer is asked for as a job, whose id is kept', async () => {
  stage.ocrolus.says(calls.bookSummary('b'), error(400, 1100));
  stage.ocrolus.says(calls.bookSummary('b', true), started('job-1'));
  await tell();
  expect(await waits()).toMatchObject([{ jobs: { summary: 'job-1' } }]);
  expect(await kinds()).toEqual(['cash-flow', 'transactions']);
});

test('a finished job is fetched from where it says, under the name of its operation', async () => {
  stage.ocrolus.says(calls.analyticsJob('job-1'), {
    body: { job_id: 'job-1', status: 'DONE', result_url: SIGNED },
  });
  stage.ocrolus.says(SIGNED, { body: { number_of_docs_processed: 2000 } });
  expect(await tell({ summary: 'job-1' })).toEqual([]);
  const summary = (await stage.reader.results('b')).find(({ kind }) => kind === 'summary');
  expect(summary).toMatchObject({ operation: 'Book-summary', summary: { documents: 2000 } });
  expect(stage.ocrolus.count('Book-summary')).toBe(1);
});

test('a job that runs is waited for, and not started again', async () => {
  stage.ocrolus.says(calls.analyticsJob('job-1'), {
    httpStatus: 202,
    body: { job_id: 'job-1', status: 'PENDING' },
  });
  await tell({ summary: 'job-1' });
  expect(await waits()).toMatchObject([{ jobs: { summary: 'job-1' } }]);
  expect(stage.ocrolus.count('Book-summary')).toBe(0);
});

test('a job that Ocrolus has forgotten is started anew', async () => {
  stage.ocrolus.says(calls.analyticsJob('job-1'), { httpStatus: 404, body: { job_id: 'job-1', error: 'x' } });
  stage.ocrolus.says(calls.bookSummary('b', true), started('job-2'));
  await tell({ summary: 'job-1' });
  expect(await waits()).toMatchObject([{ jobs: { summary: 'job-2' } }]);
});

test('a job that failed for good is refused', async () => {
  stage.ocrolus.says(calls.analyticsJob('job-1'), { httpStatus: 422, body: { job_id: 'job-1', error: 'x' } });
  expect(await tell({ summary: 'job-1' })).toEqual([]);
  expect(await book()).toMatchObject({ analytics: { state: 'available', reason: 'http-422' } });
});

test('jobs of several results are kept together', async () => {
  for (const call of [calls.bookSummary, calls.cashFlowFeatures])
    stage.ocrolus.says(call('b'), error(400, 1100));
  stage.ocrolus.says(calls.bookSummary('b', true), started('job-1'));
  stage.ocrolus.says(calls.cashFlowFeatures('b', true), started('job-2'));
  await tell();
  expect(await waits()).toMatchObject([{ jobs: { summary: 'job-1', 'cash-flow': 'job-2' } }]);
});
