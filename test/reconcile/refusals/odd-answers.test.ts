import { describe, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error, signals } from '../../consumers/testing/answers.ts';
import { document, saysBook, saysEverything, saysStatus } from '../testing/answers.ts';
import { book, createBookHarness, deliver, deliverUntilDone, results } from '../testing/harness.ts';

/** Answers that Ocrolus may give, and that say less than they seem to: none of them completes a book. */

/** Values in Book status that this project's types exclude. */
const unreadable = (value: unknown) => value as ReturnType<typeof document>;

describe('a 200 that is not a result', () => {
  test.each([
    ['null', null],
    ['a response of null', { status: 200, message: 'OK', response: null }],
    ['an error in words', { error: 'Book not found' }],
    ['a message', { message: 'Forms are not available yet' }],
    ['a status in words', { status: 'error', message: 'try later' }],
  ])('is requested again: %s', async (_, body) => {
    const harness = await createBookHarness();
    harness.ocrolus.says(calls.documentForms('d'), { body });
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.liveHours(3);
    expect(await book(harness)).toMatchObject({ complete: false, open: ['forms'] });
    saysEverything(harness.ocrolus);
    await harness.live(2);
    expect(await results(harness)).toContain('forms d');
    expect(await book(harness)).toMatchObject({ complete: true });
  });

  test.each([{}, [], { status: 200, response: {} }])('is stored where it may be empty: %j', async (body) => {
    const harness = await createBookHarness();
    harness.ocrolus.says(calls.documentForms('d'), { body });
    await deliver(harness, 'BOOK_VERIFIED');
    expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toBe(JSON.stringify(body));
  });

  test('is not the last page of enriched transactions', async () => {
    const harness = await createBookHarness();
    const page = (from: number, count: number) => ({
      body: {
        total: 70,
        enriched_transactions: Array.from({ length: count }, (_, n) => ({ row: from + n })),
      },
    });
    harness.ocrolus.says(calls.enrichedTransactions('b'), page(0, 50));
    harness.ocrolus.says(calls.enrichedTransactionsFrom('b', 50), { body: { rows: 'try later' } });
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(1);
    expect(await book(harness)).toMatchObject({ complete: false });
    harness.ocrolus.says(calls.enrichedTransactionsFrom('b', 50), page(50, 20));
    await harness.live(2);
    const pages = await harness.reader.resultPages('b', 'enriched-transactions');
    expect(pages?.map(String)).toEqual([expect.any(String), expect.stringContaining('"row":50')]);
  });

  test.each(['PENDING', 'QUEUED'])(
    'is no version 1 analytics while they are %s',
    async (analytics_status) => {
      const harness = await createBookHarness();
      const response = { r: { analytics_status } };
      harness.ocrolus.says(calls.asyncAnalyticsResult('r'), { body: { status: 200, response } });
      await deliver(harness, 'ANALYTICS_COMPLETED', { analyticsRequestId: 'r' });
      expect(await results(harness)).not.toContain('analytics r');
    },
  );

  test('does not end Detect while its status is not a final one', async () => {
    const harness = await createBookHarness();
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'IN_PROGRESS' }));
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(1);
    expect(await book(harness)).toMatchObject({ complete: false, open: ['signals'] });
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
    const harness = await createBookHarness({}, ['d', 'e']);
    saysStatus(harness.ocrolus, 'b', 'VERIFIED', docs);
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(10);
    expect(await book(harness)).toMatchObject({ complete: false });
    const before = harness.ocrolus.count('book-status');
    await harness.live(1);
    expect(harness.ocrolus.count('book-status') - before).toBeLessThanOrEqual(4);
    saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
    await harness.live(5);
    expect(await book(harness)).toMatchObject({ complete: true });
    expect(await results(harness)).toEqual(expect.arrayContaining(['forms d', 'forms e']));
  });

  test('stores the documents that can be read', async () => {
    const harness = await createBookHarness();
    saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d'), unreadable(null)]);
    await deliver(harness, 'document.upload_succeeded');
    await harness.live(1);
    expect(await results(harness)).toContain('forms d');
  });

  test('with a document in both lists, under two statuses, is complete, and fetches it once', async () => {
    const harness = await createBookHarness();
    saysBook(harness.ocrolus, 'b', {
      book_status: 'VERIFIED',
      docs: [document('d')],
      mixed_docs: [document('d', 'COMPLETED')],
    });
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(4);
    expect(await book(harness)).toMatchObject({ complete: true });
    expect(harness.ocrolus.count('doc-form-data')).toBe(1);
  });
});

test('a classify-only book is not finished while a document in Book status cannot be read', async () => {
  const harness = await createBookHarness();
  harness.ocrolus.says(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
  const docs = [document('d', 'CLASSIFIED'), unreadable(null)];
  saysBook(harness.ocrolus, 'b', { book_status: 'VERIFYING', docs, book_class: 'INSTANT_CLASSIFY_ONLY' });
  await deliver(harness, 'document.upload_succeeded');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: false });
});

test('documents of an active book that Book status leaves out once are not unlisted', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  await deliver(harness, 'document.verification_succeeded', { uploadedDocUuid: 'd' });
  await harness.liveHours(2);
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', unreadable(null) as never);
  await harness.liveHours(2);
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(harness.ocrolus.count('doc-form-data')).toBe(2);
});

test.each([
  ['IMAGE_GROUP_VERIFIED', { imageGroupPk: '7', docUuid: 'd1', uploadedDocUuid: 'd1' }],
  ['BOOK_VERIFIED', { docUuid: 'd1' }],
])(
  'the id of one document in an event about several documents does not name their forms: %s',
  async (eventName, ids) => {
    const harness = await createBookHarness({}, ['d1', 'd2']);
    const docs = ['d1', 'd2'].map((uuid) => ({ ...document(uuid), image_group_pk: 7 }));
    saysStatus(harness.ocrolus, 'b', 'VERIFIED', docs);
    for (const uuid of ['d1', 'd2'])
      harness.ocrolus.says(calls.documentForms(uuid), { body: { response: { forms: [uuid] } } });
    await deliver(harness, eventName, ids);
    await harness.live(1);
    expect(String(await harness.reader.resultBody('b', 'forms', 'd2'))).toContain('"d2"');
  },
);

const startsJobs = async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  const started = ['j1', 'j2'].map((job_id) => ({ httpStatus: 202, body: { job_id, status: 'PENDING' } }));
  ocrolus.says(calls.bookSummary('b', true), ...started);
  ocrolus.says(calls.analyticsJob('j2'), { body: { job_id: 'j2', result_url: 'https://s3.test/x' } });
  ocrolus.says('https://s3.test/x', { body: { number_of_docs_processed: 1 } });
  return harness;
};

test.each([
  ['422', { httpStatus: 422, body: { status: 'FAILED', error: 'too many' } }],
  ['200', { httpStatus: 200, body: { status: 'FAILED', error: 'too many' } }],
  ['422 and code 9003', error(422, 9003)],
  ['404 and code 9006', error(404, 9006)],
])('a job that has failed, as said by %s, is followed by another one within hours', async (_, reply) => {
  const harness = await startsJobs();
  harness.ocrolus.says(calls.analyticsJob('j1'), reply);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.liveHours(6);
  expect(await results(harness)).toContain('summary b');
  expect(await book(harness)).toMatchObject({ complete: true });
});

test.each([
  ['404', { httpStatus: 404, body: { error: 'Job not found or has expired' } }],
  ['200', { httpStatus: 200, body: { error: 'Job not found or has expired' } }],
  ['404 and a code', error(404, 1501)],
  ['410', { httpStatus: 410, body: { error: 'expired' } }],
])('a job that no longer exists is started again, as said by %s', async (_, reply) => {
  const harness = await startsJobs();
  harness.ocrolus.says(calls.analyticsJob('j1'), reply);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(4);
  expect(await results(harness)).toContain('summary b');
});

test('the other uuid of a document, under which its forms are filed, is kept while they are pending', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  ocrolus.says(calls.documentForms('d'), error(400, 1501));
  ocrolus.says(calls.documentForms('x'), error(400, 1404));
  await deliverUntilDone(harness, 'document.verification_succeeded', { uploadedDocUuid: 'd', docUuid: 'x' });
  ocrolus.says(calls.documentForms('x'), { body: { status: 200, response: { forms: [] } } });
  await harness.live(5);
  expect(await results(harness)).toContain('forms d');
});
