import { describe, expect, test } from 'vitest';
import { CLASSIFY_ONLY } from '../../../shared/checklist/kinds.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { document } from '../../functions/consumers/testing/answers.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

const results = (policies: Readonly<Record<string, string>>) => ({
  settings: { RESULTS: JSON.stringify(policies) },
});

test('after a change to `always`, everything of a finished book is fetched, also what was only probed', async () => {
  book.redeploy(results({ forms: 'never', transactions: 'never', signals: 'never', summary: 'never' }));
  await book.deliver('BOOK_VERIFIED');
  await book.deliver('document.detect.signal_found', { uploadedDocUuid: 'd' });
  await book.live(14);
  expect(await book.shown()).toMatchObject({ complete: true });
  book.redeploy(results({ income: 'always' }));
  book.saysIncome();
  await book.live(8);
  expect(await book.stored()).toEqual(
    expect.arrayContaining(['forms d', 'transactions d', 'summary b', 'income b']),
  );
});

describe('a book that is only classified', () => {
  const says = (
    docs: readonly ReturnType<typeof document>[],
    more: object = { book_class: CLASSIFY_ONLY },
  ) => {
    book.answers(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
    book.says('VERIFYING', docs, more);
  };

  test('is complete with its classification, although one answer left out its class', async () => {
    says([document('d', 'PROCESSING')]);
    await book.liveAfter('document.upload_succeeded', { hours: 3 });
    says([document('d', 'CLASSIFIED')], {});
    await book.liveHours(3);
    says([document('d', 'CLASSIFIED')]);
    await book.live(2);
    expect(await book.shown()).toMatchObject({ complete: true });
    expect(await book.stored()).toEqual(['classification b']);
  });

  test('has the results of a document that is announced a minute too early', async () => {
    says([document('d', 'PROCESSING')]);
    await book.untilDone('DOC_VERIFIED', { uploadedDocUuid: 'd' });
    says([document('d', 'COMPLETED')]);
    await book.live(5);
    expect(await book.stored()).toContain('forms d');
  });
});
