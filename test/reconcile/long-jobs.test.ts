import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error } from '../consumers/testing/answers.ts';
import type { PollerHarness } from '../poller/testing/harness.ts';
import { document, saysEverything, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver, deliverUntilDone, results } from './testing/harness.ts';

const HOUR = 3_600_000;
/** A job and its result live for a day (docs/ocrolus.md#asynchronous-jobs). */
const LIFE = 24 * HOUR;

test('a job that takes most of its day is requested before its result is deleted', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  // The summary is missing for two days, so that the poller's rounds are six hours apart.
  ocrolus.says(calls.bookSummary('b'), error(425, 9004));
  takesJobOfHours(harness, 20);
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  await harness.live(4);
  expect(await results(harness)).toContain('summary b');
  expect(await book(harness)).toMatchObject({ complete: true });
});

test('a probe that starts a job waits for its result', async () => {
  const harness = await createBookHarness({ RESULTS: JSON.stringify({ summary: 'announced' }) });
  harness.ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  takesJobOfHours(harness, 20);
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(3);
  expect(await results(harness)).toContain('summary b');
  expect(harness.ocrolus.count('Book-summary')).toBeLessThan(5);
});

test.each([
  ['an answer', { body: { job_id: 'early', status: 'FAILED' } }],
  ['a refusal', { httpStatus: 422, body: { message: 'failed' } }],
])(
  'a job of an active book that fails, as %s says, is started again once the book is verified',
  async (_, reply) => {
    const harness = await createBookHarness();
    const { ocrolus } = harness;
    saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
    ocrolus.says(calls.bookSummary('b'), error(422, 1100));
    ocrolus.says(calls.bookSummary('b', true), { httpStatus: 202, body: { job_id: 'early' } });
    ocrolus.says(calls.analyticsJob('early'), {
      httpStatus: 202,
      body: { job_id: 'early', status: 'PENDING' },
    });
    await deliverUntilDone(harness, 'book.analytics_v2.generated');
    saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
    await deliverUntilDone(harness, 'BOOK_VERIFIED');
    await harness.liveHours(2);
    ocrolus.says(calls.analyticsJob('early'), reply);
    ocrolus.says(calls.bookSummary('b', true), { body: { number_of_docs_processed: 1 } });
    await harness.live(2);
    expect(await results(harness)).toContain('summary b');
    expect(await book(harness)).toMatchObject({ complete: true });
  },
);

/** Lets Ocrolus compute the summary in jobs that take so long. */
function takesJobOfHours({ ocrolus, clock }: PollerHarness, hours: number): void {
  const started = new Map<string, number>();
  ocrolus.before = (target) => {
    if (target.includes('async=true')) {
      const id = `job-${started.size}`;
      started.set(id, clock.now());
      ocrolus.says(calls.bookSummary('b', true), { httpStatus: 202, body: { job_id: id } });
      return;
    }
    const at = started.get(target.split('/').at(-1) ?? '');
    if (at === undefined) return;
    const age = clock.now() - at;
    if (age > LIFE) ocrolus.says(target, { httpStatus: 404, body: {} });
    else if (age < hours * HOUR) ocrolus.says(target, { httpStatus: 202, body: { status: 'PENDING' } });
    else ocrolus.says(target, { body: { status: 'DONE', result_url: 'https://s3.test/result' } });
  };
  ocrolus.says('https://s3.test/result', { body: { number_of_docs_processed: 1 } });
}

test('an operator who asks for a book every minute does not use up the four attempts of its job', async () => {
  const harness = await createBookHarness();
  const { ocrolus, clock } = harness;
  ocrolus.says(calls.bookSummary('b'), error(400, 1100));
  ocrolus.says(calls.bookSummary('b', true), { httpStatus: 202, body: { job_id: 'j1' } });
  ocrolus.says(calls.analyticsJob('j1'), { httpStatus: 422, body: { status: 'FAILED' } });
  await deliver(harness, 'BOOK_VERIFIED');
  for (let minutes = 0; minutes < 12; minutes += 1) {
    clock.advance(60);
    await harness.run(300_000, 'now');
    await harness.process();
  }
  const missing = await harness.reader.missing('b');
  expect(missing.map(({ kind }) => kind)).toContain('summary');
});
