import { describe, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import {
  bookStatus,
  document,
  error,
  FORBIDDEN,
  saysAnalytics,
  saysEverything,
} from '../../../functions/consumers/testing/answers.ts';
import type { ScriptedReply } from '../../../functions/consumers/testing/ocrolus.ts';
import { makeBook, numbered } from '../../../functions/poller/testing/books.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const NOT_FOUND = error(404, 1401);
const DOWN = new Failure('retry', 'network');
const refuses = (reply: ScriptedReply, bookUuid = 'b') => book.answers(calls.bookStatus({ bookUuid }), reply);

test('events, however many, do not postpone the look that was refused', async () => {
  await book.complete();
  refuses(FORBIDDEN);
  await book.lookNext();
  await book.deliver('document.detect.signal_found', { uploadedDocUuid: 'd' });
  expect(await book.shown()).toMatchObject({ complete: true });
  const before = await book.untilDue();
  expect(before).toBeLessThanOrEqual(5 * 60);
  book.clock.advance(60);
  await book.deliver('document.detect.signal_found', { uploadedDocUuid: 'd' });
  expect(await book.untilDue()).toBeLessThanOrEqual(before - 60);
});

const many = Array.from({ length: 60 }, (_, n) => `d${n}`);
test.each([
  ['a look', ['d'], 2, undefined],
  ['an event that shows it as before', ['d'], 2, 'document.upload_succeeded'],
  ['an event of a result', ['d'], 2, 'book.analytics_v2.generated'],
  ['an event of a result, after the last probe', ['d'], 15, 'book.analytics_v2.generated'],
  ['an event of a large book', many, 2, 'BOOK_VERIFIED'],
])('a book that Ocrolus does not find has its status again after %s', async (_, docUuids, days, event) => {
  book.saysEverything(...docUuids);
  book.answers(calls.bookSummary('b'), error(425, 9004));
  await book.untilDone('BOOK_VERIFIED');
  await book.live(days);
  refuses(NOT_FOUND);
  await book.live(8);
  expect(await book.shown()).toMatchObject({ status: 'NOT_FOUND' });
  book.saysEverything(...docUuids);
  if (event === undefined) await book.lookNext();
  else await book.untilDone(event);
  expect(await book.shown()).toMatchObject({ status: 'VERIFIED' });
  expect(await book.item()).not.toHaveProperty('refused');
  saysAnalytics(book.ocrolus);
  await book.live(3);
  expect(await book.shown()).toMatchObject({ complete: true });
  expect(await book.stored()).toContain('summary b');
});

describe('an outage of Book status', () => {
  const outages: [what: string, books: number, reply: ScriptedReply][] = [1, 10, 40].flatMap((books) => [
    ['denies', books, NOT_FOUND],
    ['refuses to show', books, FORBIDDEN],
    ['fails to show', books, DOWN],
  ]);
  test.each(outages)(
    'a book that Ocrolus %s for ten hours is asked again soon (%i books)',
    async (_, count, reply) => {
      const books = numbered(count);
      for (const bookUuid of books) {
        saysEverything(book.ocrolus, bookUuid, [`d-${bookUuid}`]);
        refuses(bookStatus(bookUuid, 'VERIFYING', [document(`d-${bookUuid}`, 'VERIFYING')]), bookUuid);
        await makeBook(book.table, bookUuid);
      }
      await book.liveHours(2);
      for (const bookUuid of books) refuses(reply, bookUuid);
      await book.liveHours(10);
      for (const bookUuid of books) saysEverything(book.ocrolus, bookUuid, [`d-${bookUuid}`]);
      // Six hours to notice, and the grace time for its events.
      await book.liveHours(8);
      for (const bookUuid of books) expect(await book.shown(bookUuid)).toMatchObject({ complete: true });
    },
  );

  const makeRefused = async (reply: ScriptedReply, books: readonly string[]) => {
    for (const bookUuid of books) {
      await makeBook(book.table, bookUuid);
      refuses(reply, bookUuid);
    }
  };

  test('that refuses the credentials is counted as such', async () => {
    await makeRefused(error(401, 1200), numbered(25));
    await book.look();
    const dimensions = { cause: 'credentials' };
    expect(book.consumers.counted).toContainEqual({ name: 'AccountNotAsked', dimensions });
  });

  test('costs one call now and then, however many books there are', async () => {
    const books = numbered(60);
    await makeRefused(FORBIDDEN, books);
    await book.look();
    expect(book.ocrolus.count('book-status')).toBe(20);
    await book.live(1);
    expect(book.ocrolus.count('book-status')).toBeLessThanOrEqual(20 + 24);
    for (const bookUuid of books) refuses(bookStatus(bookUuid, 'VERIFYING'), bookUuid);
    await book.liveHours(7);
    for (const bookUuid of books) expect(await book.shown(bookUuid)).toMatchObject({ status: 'VERIFYING' });
  });
});
