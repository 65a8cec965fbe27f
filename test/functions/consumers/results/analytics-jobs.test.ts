import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { error } from '../testing/answers.ts';
import { look } from '../testing/harness.ts';
import type { ScriptedReply } from '../testing/ocrolus.ts';

const book = useBook();

beforeEach(() => book.says('VERIFYING'));

/** The event, once its quick tries are over. */
const deliver = () => book.deliver('book.analytics_v2.generated', {}, { attempts: 3 });
/** Some time later, the poller hands the book over. */
const follow = (minutes = 6) => {
  book.clock.advance(minutes * 60);
  return book.receive([look('b')]);
};
const entry = (kind = 'summary') => book.entry(kind);
const asked = () => book.ocrolus.count('Book-summary');

const SIGNED = 'https://results.example/signed';
const started = (job_id: unknown, httpStatus = 202) => ({ httpStatus, body: { job_id, status: 'PENDING' } });
/** Lets a job have computed a result. */
const finishes = (id: string, documents = 2000) => {
  book.answers(calls.analyticsJob(id), { body: { job_id: id, status: 'DONE', result_url: SIGNED } });
  book.answers(SIGNED, { body: { number_of_docs_processed: documents } });
};
/** Lets the summary be computed by a job only, and receives the event. */
const startJob = async (reply: ScriptedReply = started('job-1'), ...refusals: readonly ScriptedReply[]) => {
  book.answers(calls.bookSummary('b'), ...(refusals.length > 0 ? refusals : [error(400, 1100)]));
  book.answers(calls.bookSummary('b', true), reply);
  await deliver();
};

describe('a job is started', () => {
  test.each([400, 422])('for what is too large for one answer (%i), and its id is kept', async (status) => {
    await startJob(started('job-1'), error(status, 1100));
    expect(await entry()).toMatchObject({ answered: 0, job: { id: 'job-1' } });
    expect(await book.stored()).toEqual(['cash-flow b', 'enriched-transactions b']);
  });

  test('for what takes too long, after one retry', async () => {
    await startJob(started('job-1'), error(400, 9001));
    expect(asked()).toBe(3);
    expect(await entry()).toMatchObject({ answered: 0, job: { id: 'job-1' } });
  });

  test('not when the second try succeeds', async () => {
    await startJob(started('job-1'), error(400, 9001), { body: { number_of_docs_processed: 3 } });
    expect(await entry()).toMatchObject({ state: 'stored' });
  });

  test.each([
    ['..', 202],
    ['..', 200],
    [undefined, 202],
  ])('whose id cannot be part of a path is not asked for (%j, %i)', async (id, httpStatus) => {
    await startJob(started(id, httpStatus));
    expect(await entry()).toMatchObject({ answered: 0, code: 'job-unreadable' });
    expect(await entry()).not.toHaveProperty('job');
    expect(await book.stored()).not.toContain('summary b');
  });

  test('may have a number as its id', async () => {
    await startJob(started(17));
    expect(await entry()).toMatchObject({ answered: 0, job: { id: '17' } });
  });
});

describe('a job that is finished', () => {
  test('is fetched from where it says, under the name of its operation, and is as old as its start', async () => {
    await startJob();
    const at = (await entry())?.job?.at;
    finishes('job-1');
    const before = asked();
    expect(await follow()).toEqual([]);
    const summary = (await book.reader.results('b')).find(({ kind }) => kind === 'summary');
    const documents = 2000;
    expect(summary).toMatchObject({ operation: 'Book-summary', summary: { documents }, fetchedAt: at });
    expect(asked()).toBe(before + 1);
    expect(await entry()).toMatchObject({ state: 'stored', at });
    expect(await entry()).not.toHaveProperty('job');
  });

  test('counts for the mark that started it: a result that was announced since is asked for again', async () => {
    await startJob();
    book.clock.advance(60);
    finishes('job-1', 1);
    await deliver();
    expect(await book.body('summary')).toContain('1');
    book.answers(calls.bookSummary('b'), { body: { number_of_docs_processed: 2 } });
    await follow();
    expect(await book.body('summary')).toContain('2');
    expect(await book.missing()).toEqual([]);
  });
});

test.each([
  ['404', { httpStatus: 404, body: { job_id: 'job-1', error: 'x' } }, 1],
  ['200', { httpStatus: 200, body: { error: 'Job not found or has expired' } }, 96],
  ['404 and a code', error(404, 1501), 96],
  ['410', { httpStatus: 410, body: { error: 'expired' } }, 96],
])('a job that Ocrolus no longer knows is started again, as said by %s', async (_, reply, hours) => {
  await startJob();
  book.answers(calls.analyticsJob('job-1'), reply);
  book.answers(calls.bookSummary('b', true), started('job-2'));
  for (let hour = 0; hour < hours && (await entry())?.job?.id !== 'job-2'; hour += 1) await follow(60);
  expect(await entry()).toMatchObject({ answered: 0, job: { id: 'job-2' } });
});

test.each([
  ['is refused by a proxy', { httpStatus: 403, body: { message: 'Forbidden' } }],
  ['has a result whose link has expired', { body: { status: 'DONE', result_url: SIGNED } }],
])('a job that %s is kept', async (_, reply) => {
  await startJob();
  book.answers(calls.analyticsJob('job-1'), reply);
  book.answers(SIGNED, { httpStatus: 403, body: {} });
  await follow();
  expect(await entry()).toMatchObject({ job: { id: 'job-1' } });
  expect(await book.missing()).toEqual(['summary b']);
});

describe('a job that fails', () => {
  test.each([
    ['422', { httpStatus: 422, body: { job_id: 'job-1' } }],
    ['200', { httpStatus: 200, body: { status: 'FAILED', error: 'too many' } }],
    ['200 and only an error', { httpStatus: 200, body: { job_id: 'job-1', error: 'too many' } }],
    ['422 and code 9003', error(422, 9003)],
    ['404 and code 9006', error(404, 9006)],
  ])('as said by %s, does not end the result: the next one may compute it', async (_, reply) => {
    await startJob();
    book.answers(calls.analyticsJob('job-1'), reply);
    await follow();
    book.answers(calls.bookSummary('b', true), started('job-2'));
    finishes('job-2');
    for (let hour = 0; hour < 3; hour += 1) await follow(60);
    expect(await entry()).toMatchObject({ state: 'stored' });
  });
});
