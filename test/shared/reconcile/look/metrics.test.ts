import { describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document, error, TOO_EARLY } from '../../../functions/consumers/testing/answers.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const FINISHED = [document('d')];

test('a book that does not change for the horizon is stuck, which is counted once, and again after another change', async () => {
  await book.start('PROCESSING');
  await book.lookFor(20);
  book.says('VERIFYING');
  await book.lookFor(20);
  expect(book.counted('BooksStuck')).toBe(0);
  await book.lookFor(340);
  expect(book.counted('BooksStuck')).toBe(1);
  book.says('PROCESSING');
  await book.deliver('document.upload_succeeded');
  await book.lookFor(70);
  expect(book.counted('BooksStuck')).toBe(2);
});

describe('results that are missing for longer than the setting allows', () => {
  test('are counted at each look, by kind', async () => {
    book.answers(calls.bookSummary('b'), error(425, 9004));
    book.answers(calls.documentForms('d'), TOO_EARLY);
    await book.start('VERIFIED', FINISHED);
    await book.lookFor(0.9);
    expect(book.counted('ResultsOverdue')).toBe(0);
    await book.lookFor(0.5);
    expect(book.counted('ResultsOverdue')).toBeGreaterThan(0);
    expect(book.consumers.lines.join('\n')).toContain('"kinds":"forms summary"');
  });

  test('do not include those that are stored, or probed', async () => {
    await book.start('VERIFIED', FINISHED);
    await book.lookFor(11);
    expect(book.ocrolus.count('income-calculations')).toBe(3);
    expect(book.counted('ResultsOverdue')).toBe(0);
  });
});

const expired = () =>
  book.consumers.counted
    .filter(({ name }) => name === 'ResultExpired')
    .map(({ dimensions }) => dimensions.kind)
    .sort();

test('results that are asked for without success for the horizon are counted once, by kind', async () => {
  book.answers(calls.bookSummary('b'), error(403, 2101));
  book.answers(calls.documentForms('d'), TOO_EARLY);
  await book.start('VERIFIED', FINISHED);
  await book.lookFor(29);
  expect(expired()).toEqual([]);
  await book.lookFor(10);
  expect(expired()).toEqual(['forms', 'summary']);
  expect(book.consumers.lines.join('\n')).toMatch(/"message":"result expired"[^}]*"kind":"summary"/);
  await book.lookFor(90);
  expect(expired()).toEqual(['forms', 'summary']);
});

describe('the trace of a look', () => {
  test('is an entry of the ledger, if it asked for results', async () => {
    await book.start('VERIFIED', FINISHED);
    expect(await book.ledger()).toEqual([]);
    await book.lookNext();
    expect(await book.ledger()).toMatchObject([
      { eventName: 'poll.book', channel: 'book-results', source: 'poll', outcome: 'applied' },
    ]);
  });

  test.each([
    ['recovered', 'with documents that no event has announced', [], 'RecoveredByPoll'],
    ['fetched', 'without', ['DOC_VERIFIED'], 'FetchedByPoll'],
  ])('is the metric of what was %s, %s (docs/decisions/0028)', async (_what, _which, events, metric) => {
    // Counted although something else is still missing.
    book.answers(calls.bookSummary('b'), TOO_EARLY);
    await book.start('VERIFIED', FINISHED);
    for (const name of events) await book.deliver(name, { uploadedDocUuid: 'd' });
    await book.lookNext();
    const counted = book.consumers.counted.filter(({ name }) => name.endsWith('ByPoll'));
    expect(counted).toEqual([{ name: metric, dimensions: {} }]);
  });
});
