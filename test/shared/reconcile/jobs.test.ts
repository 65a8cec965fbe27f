import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error, saysAnalytics } from '../../functions/consumers/testing/answers.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

const running = (job_id: string) => ({ httpStatus: 202, body: { job_id, status: 'PENDING' } });

test('a probe that starts a job waits for its result', async () => {
  book.redeploy({ settings: { RESULTS: JSON.stringify({ summary: 'announced' }) } });
  book.answers(calls.bookSummary('b'), error(422, 1100));
  book.answers(calls.bookSummary('b', true), running('j'));
  book.answers(calls.analyticsJob('j'), running('j'));
  await book.untilDone('BOOK_VERIFIED');
  await book.liveHours(44);
  const result_url = 'https://s3.test/result';
  book.answers(calls.analyticsJob('j'), { body: { status: 'DONE', result_url } });
  book.answers(result_url, { body: { number_of_docs_processed: 1 } });
  await book.live(1);
  expect(await book.stored()).toContain('summary b');
  expect(book.ocrolus.count('Book-summary')).toBeLessThan(5);
});

test('a job from before its book was reopened is dropped', async () => {
  book.answers(calls.cashFlowFeatures('b'), error(422, 1100));
  book.answers(calls.cashFlowFeatures('b', true), running('cash-1'));
  book.answers(calls.analyticsJob('cash-1'), running('cash-1'));
  await book.liveAfter('BOOK_VERIFIED', { days: 1 });
  expect(await book.missing()).toEqual(['cash-flow b']);
  book.saysEverything('d', 'e');
  saysAnalytics(book.ocrolus, 'b', 2);
  const result_url = 'https://s3.example/cash-1';
  book.answers(calls.analyticsJob('cash-1'), { body: { status: 'DONE', result_url } });
  book.answers(result_url, { body: { job: 'cash-1' } });
  await book.live(3);
  expect(await book.body('cash-flow')).toBe('{"num_of_months":2}');
  expect(await book.shown()).toMatchObject({ generation: 2, complete: true });
});
