import { describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error, signals } from '../consumers/testing/answers.ts';
import { document, saysBook, saysEverything, saysStatus } from './testing/answers.ts';
import { announce, book, createBookStage, deliver, results } from './testing/stage.ts';

/** Answers that Ocrolus may give, and that say less than they seem to: none of them completes a book. */

/** Values in Book status that this project's types exclude. */
const unreadable = (value: unknown) => value as ReturnType<typeof document>;

describe('a 200 that is no result', () => {
  test.each([
    ['null', null],
    ['a response of null', { status: 200, message: 'OK', response: null }],
    ['an error in words', { error: 'Book not found' }],
    ['a message', { message: 'Forms are not available yet' }],
    ['a status in words', { status: 'error', message: 'try later' }],
  ])('is asked for again: %s', async (_, body) => {
    const stage = await createBookStage();
    stage.ocrolus.says(calls.documentForms('d'), { body });
    await announce(stage, 'BOOK_VERIFIED');
    await stage.liveHours(3);
    expect(await book(stage)).toMatchObject({ complete: false, open: ['forms'] });
    saysEverything(stage.ocrolus);
    await stage.live(2);
    expect(await results(stage)).toContain('forms d');
    expect(await book(stage)).toMatchObject({ complete: true });
  });

  test.each([{}, [], { status: 200, response: {} }])('is stored where it may be empty: %j', async (body) => {
    const stage = await createBookStage();
    stage.ocrolus.says(calls.documentForms('d'), { body });
    await announce(stage, 'BOOK_VERIFIED');
    expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toBe(JSON.stringify(body));
  });

  test('is not the last page of enriched transactions', async () => {
    const stage = await createBookStage();
    const page = (from: number, count: number) => ({
      body: {
        total: 70,
        enriched_transactions: Array.from({ length: count }, (_, n) => ({ row: from + n })),
      },
    });
    stage.ocrolus.says(calls.enrichedTransactions('b'), page(0, 50));
    stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 50), { body: { rows: 'try later' } });
    await announce(stage, 'BOOK_VERIFIED');
    await stage.live(1);
    expect(await book(stage)).toMatchObject({ complete: false });
    stage.ocrolus.says(calls.enrichedTransactionsFrom('b', 50), page(50, 20));
    await stage.live(2);
    const pages = await stage.reader.resultPages('b', 'enriched-transactions');
    expect(pages?.map(String)).toEqual([expect.any(String), expect.stringContaining('"row":50')]);
  });

  test.each(['PENDING', 'QUEUED'])(
    'is no version 1 analytics while they are %s',
    async (analytics_status) => {
      const stage = await createBookStage();
      const response = { r: { analytics_status } };
      stage.ocrolus.says(calls.asyncAnalyticsResult('r'), { body: { status: 200, response } });
      await announce(stage, 'ANALYTICS_COMPLETED', { analyticsRequestId: 'r' });
      expect(await results(stage)).not.toContain('analytics r');
    },
  );

  test('is no end of Detect while it says another word than the final ones', async () => {
    const stage = await createBookStage();
    stage.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'IN_PROGRESS' }));
    await announce(stage, 'BOOK_VERIFIED');
    await stage.live(1);
    expect(await book(stage)).toMatchObject({ complete: false, open: ['signals'] });
  });
});

describe('Book status of a verified book', () => {
  test.each([
    ['a document without status', [unreadable({ uuid: 'd' })]],
    ['a document that is not finished', [document('d'), document('e', 'VERIFYING')]],
    ['a status that is not known', [document('d', 'GROOMED')]],
    ['an entry that is null', [document('d'), unreadable(null)]],
    ['an entry without id', [document('d'), unreadable({ status: 'VERIFICATION_COMPLETE' })]],
  ])('with %s does not complete it, and is requested less and less often', async (_, docs) => {
    const stage = await createBookStage({}, ['d', 'e']);
    saysStatus(stage.ocrolus, 'b', 'VERIFIED', docs);
    await announce(stage, 'BOOK_VERIFIED');
    await stage.live(10);
    expect(await book(stage)).toMatchObject({ complete: false });
    const before = stage.ocrolus.count('book-status');
    await stage.live(1);
    expect(stage.ocrolus.count('book-status') - before).toBeLessThanOrEqual(4);
    saysStatus(stage.ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
    await stage.live(2);
    expect(await book(stage)).toMatchObject({ complete: true });
    expect(await results(stage)).toEqual(expect.arrayContaining(['forms d', 'forms e']));
  });

  test('stores what it has of the documents that can be read', async () => {
    const stage = await createBookStage();
    saysStatus(stage.ocrolus, 'b', 'VERIFIED', [document('d'), unreadable(null)]);
    await announce(stage, 'document.upload_succeeded');
    await stage.live(1);
    expect(await results(stage)).toContain('forms d');
  });

  test('with a document in both lists, under two statuses, is complete, and fetches it once', async () => {
    const stage = await createBookStage();
    saysBook(stage.ocrolus, 'b', {
      book_status: 'VERIFIED',
      docs: [document('d')],
      mixed_docs: [document('d', 'COMPLETED')],
    });
    await announce(stage, 'BOOK_VERIFIED');
    await stage.live(4);
    expect(await book(stage)).toMatchObject({ complete: true });
    expect(stage.ocrolus.count('doc-form-data')).toBe(1);
  });
});

test('Book status of a classify-only book is not over while a document cannot be read', async () => {
  const stage = await createBookStage();
  stage.ocrolus.says(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
  const docs = [document('d', 'CLASSIFIED'), unreadable(null)];
  saysBook(stage.ocrolus, 'b', { book_status: 'VERIFYING', docs, book_class: 'INSTANT_CLASSIFY_ONLY' });
  await announce(stage, 'document.upload_succeeded');
  await stage.live(1);
  expect(await book(stage)).toMatchObject({ complete: false });
});

test('Book status that lists no documents once, of a book at work, makes none of them gone', async () => {
  const stage = await createBookStage({}, ['d', 'e']);
  saysStatus(stage.ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  await announce(stage, 'document.verification_succeeded', { uploadedDocUuid: 'd' });
  await stage.liveHours(2);
  saysStatus(stage.ocrolus, 'b', 'VERIFYING', unreadable(null) as never);
  await stage.liveHours(2);
  saysStatus(stage.ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
  await stage.live(2);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(stage.ocrolus.count('doc-form-data')).toBe(2);
});

test.each([
  ['IMAGE_GROUP_VERIFIED', { imageGroupPk: '7', docUuid: 'd1', uploadedDocUuid: 'd1' }],
  ['BOOK_VERIFIED', { docUuid: 'd1' }],
])('the id of one document in an event of several does not name their forms: %s', async (eventName, ids) => {
  const stage = await createBookStage({}, ['d1', 'd2']);
  const docs = ['d1', 'd2'].map((uuid) => ({ ...document(uuid), image_group_pk: 7 }));
  saysStatus(stage.ocrolus, 'b', 'VERIFIED', docs);
  for (const uuid of ['d1', 'd2'])
    stage.ocrolus.says(calls.documentForms(uuid), { body: { response: { forms: [uuid] } } });
  await announce(stage, eventName, ids);
  await stage.live(1);
  expect(String(await stage.reader.resultBody('b', 'forms', 'd2'))).toContain('"d2"');
});

const startsJobs = async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  const started = ['j1', 'j2'].map((job_id) => ({ httpStatus: 202, body: { job_id, status: 'PENDING' } }));
  ocrolus.says(calls.bookSummary('b', true), ...started);
  ocrolus.says(calls.analyticsJob('j2'), { body: { job_id: 'j2', result_url: 'https://s3.test/x' } });
  ocrolus.says('https://s3.test/x', { body: { number_of_docs_processed: 1 } });
  return stage;
};

test.each([
  ['422', { httpStatus: 422, body: { status: 'FAILED', error: 'too many' } }],
  ['200', { httpStatus: 200, body: { status: 'FAILED', error: 'too many' } }],
  ['422 and code 9003', error(422, 9003)],
  ['404 and code 9006', error(404, 9006)],
])('a job that has failed is over, as said by %s', async (_, reply) => {
  const stage = await startsJobs();
  stage.ocrolus.says(calls.analyticsJob('j1'), reply);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(2);
  expect(await book(stage)).toMatchObject({ complete: true });
});

test.each([
  ['404', { httpStatus: 404, body: { error: 'Job not found or has expired' } }],
  ['200', { httpStatus: 200, body: { error: 'Job not found or has expired' } }],
  ['404 and a code', error(404, 1501)],
  ['410', { httpStatus: 410, body: { error: 'expired' } }],
])('a job that is gone is started again, as said by %s', async (_, reply) => {
  const stage = await startsJobs();
  stage.ocrolus.says(calls.analyticsJob('j1'), reply);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(4);
  expect(await results(stage)).toContain('summary b');
});

test('the other uuid of a document, under which its forms are filed, is not forgotten while they are pending', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  ocrolus.says(calls.documentForms('d'), error(400, 1501));
  ocrolus.says(calls.documentForms('x'), error(400, 1404));
  await deliver(stage, 'document.verification_succeeded', { uploadedDocUuid: 'd', docUuid: 'x' });
  ocrolus.says(calls.documentForms('x'), { body: { status: 200, response: { forms: [] } } });
  await stage.live(5);
  expect(await results(stage)).toContain('forms d');
});
