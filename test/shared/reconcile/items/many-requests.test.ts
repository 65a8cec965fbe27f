import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { ENTRY_PREFIX } from '../../../../shared/store/keys.ts';
import { TOO_EARLY } from '../../../functions/consumers/testing/answers.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();
beforeEach(async () => void (await book.deliver('BOOK_VERIFIED')));

const requestId = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
/** The names of its entries, but for those of the book itself. */
const named = async () =>
  Object.keys((await book.item())?.entries ?? {}).filter((name) => name.includes('#'));
/** An event of a request that has its result. */
const completes = (n: number) => {
  const analyticsRequestId = requestId(n);
  const done = { response: { [analyticsRequestId]: { analytics_status: 'COMPLETED' } } };
  book.answers(calls.asyncAnalyticsResult(analyticsRequestId), { body: done });
  return book.deliver('ANALYTICS_COMPLETED', { analyticsRequestId });
};
/** Adds entries of requests to the item of the book. */
const add = async (count: number, entry: object) => {
  const key = { bookId: 'b', item: 'BOOK' };
  const entries = Array.from({ length: count }, (_, n) => [
    `${ENTRY_PREFIX}analytics#${requestId(n)}`,
    entry,
  ]);
  await book.table.put({ ...(await book.table.get(key)), ...Object.fromEntries(entries), ...key });
};

test('a book with more requests than fit into its item keeps their results, and the latest of their entries', async () => {
  for (let n = 0; n < 130; n += 1) {
    expect(await completes(n)).toEqual([]);
    book.clock.advance(1);
  }
  expect(await named()).toHaveLength(100);
  expect(await named()).toContain(`analytics#${requestId(129)}`);
  expect((await book.stored()).filter((one) => one.startsWith('analytics'))).toHaveLength(130);
});

test('events of more open requests than fit into the item of their book wait in their queue; others go on', async () => {
  await add(498, { wanted: 1, answered: 0 });
  for (const n of [500, 501, 502]) {
    const analyticsRequestId = requestId(n);
    book.answers(calls.asyncAnalyticsResult(analyticsRequestId), TOO_EARLY);
    const left = await book.deliver('ANALYTICS_COMPLETED', { analyticsRequestId }, { attempts: 3 });
    expect(left).toEqual(n < 502 ? [] : ['message-0']);
  }
  // Not for seconds: they would be dead letters before the others are answered.
  expect([...book.consumers.visibility.values()].at(-1)).toBeGreaterThanOrEqual(900);
  // Entries have at most 300 bytes each, in an item of at most 400 KB.
  expect(await named()).toHaveLength(500);
  book.saysEverything('d', 'e');
  expect(await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'e' })).toEqual([]);
  expect(await book.stored()).toContain('forms e');
  expect(await book.shown()).toMatchObject({ complete: false, open: expect.arrayContaining(['analytics']) });
});

test('a request of a book with 1,500 closed ones of version 0.1 is asked for at once', async () => {
  const at = book.clock.iso();
  await add(1500, { state: 'stored', version: 1, since: at, attempts: 0, at, covers: at });
  expect(await completes(9999)).toEqual([]);
  expect(await book.stored()).toContain(`analytics ${requestId(9999)}`);
  expect(await named()).toHaveLength(100);
});
