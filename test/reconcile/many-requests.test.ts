import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { TOO_EARLY } from '../consumers/testing/answers.ts';
import type { PollerHarness } from '../poller/testing/harness.ts';
import { saysEverything } from './testing/answers.ts';
import { book, createBookHarness, deliver, results } from './testing/harness.ts';

const requestId = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;

/** The names of its entries, but for those of the book itself. */
const namedOf = async ({ table }: PollerHarness) =>
  Object.keys((await readBook(table, 'b'))?.entries ?? {}).filter((name) => name.includes('#'));

test('a book with more requests than fit into its item keeps their results, and the latest of their entries', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  for (let n = 0; n < 130; n += 1) {
    const id = requestId(n);
    const done = { response: { [id]: { analytics_status: 'COMPLETED' } } };
    harness.ocrolus.says(calls.asyncAnalyticsResult(id), { body: done });
    expect(await deliver(harness, 'ANALYTICS_COMPLETED', { analyticsRequestId: id })).toEqual([]);
    harness.clock.advance(1);
  }
  const named = await namedOf(harness);
  expect(named).toHaveLength(100);
  expect(named).toContain(`analytics#${requestId(129)}`);
  expect((await results(harness)).filter((one) => one.startsWith('analytics'))).toHaveLength(130);
});

test('events of more open requests than fit into the item of their book wait in their queue; others go on', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  for (let n = 0; n < 520; n += 1) {
    const analyticsRequestId = requestId(n);
    harness.ocrolus.says(calls.asyncAnalyticsResult(analyticsRequestId), TOO_EARLY);
    const left = await deliver(harness, 'ANALYTICS_COMPLETED', { analyticsRequestId }, { attempts: 3 });
    expect(left).toEqual(n < 500 ? [] : ['message-0']);
  }
  // Not for seconds: they would be dead letters before the others are answered.
  expect([...harness.consumers.visibility.values()].at(-1)).toBeGreaterThanOrEqual(900);
  // Entries have at most 300 bytes each, in an item of at most 400 KB.
  expect((await namedOf(harness)).length).toBeLessThanOrEqual(500);
  saysEverything(harness.ocrolus, 'b', ['d', 'e']);
  expect(await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'e' })).toEqual([]);
  expect(await results(harness)).toContain('forms e');
  expect(await book(harness)).toMatchObject({ complete: false, open: expect.arrayContaining(['analytics']) });
}, 120_000);

test('a request of a book with 1,500 closed ones of version 0.1 is asked for at once', async () => {
  const harness = await createBookHarness();
  const { ocrolus, table } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  const at = harness.clock.iso();
  const entry = { state: 'stored', version: 1, since: at, attempts: 0, at, covers: at };
  const old = Array.from({ length: 1500 }, (_, n) => [`need#analytics#${requestId(n)}`, entry]);
  const item = await table.get({ bookId: 'b', item: 'BOOK' });
  await table.put({ ...item, ...Object.fromEntries(old), bookId: 'b', item: 'BOOK' });
  const analyticsRequestId = requestId(9999);
  const done = { response: { [analyticsRequestId]: { analytics_status: 'COMPLETED' } } };
  ocrolus.says(calls.asyncAnalyticsResult(analyticsRequestId), { body: done });
  expect(await deliver(harness, 'ANALYTICS_COMPLETED', { analyticsRequestId })).toEqual([]);
  expect(await results(harness)).toContain(`analytics ${analyticsRequestId}`);
  expect(await namedOf(harness)).toHaveLength(100);
});
