import { beforeEach, describe, expect, test } from 'vitest';
import { backfill } from '../../../../functions/poller/backfill.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { FORBIDDEN, saysEverything } from '../../../functions/consumers/testing/answers.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

beforeEach(async () => {
  book.saysIncome(1);
  await book.deliver('BOOK_VERIFIED');
});

describe('an event about a complete book takes the place of no look, which finds an added document whose webhooks are lost', () => {
  test('that is handed over already', async () => {
    await book.live(24);
    book.saysEverything('d', 'n');
    book.clock.advance((await book.untilDue()) + 60);
    await book.poller.run();
    expect(book.poller.sent).toHaveLength(1);
    await book.deliver('book.income.updated');
    await book.poller.process();
    await book.live(1);
    expect(await book.stored()).toContain('forms n');
  });

  test('that a backfill asks for', async () => {
    await book.live(60);
    book.saysEverything('d', 'n');
    const listed = { pk: 1, book_uuid: 'b', created_ts: '2026-03-01T00:00:00Z' };
    book.answers(calls.books(100, 0), { body: { status: 200, response: { books: [listed] } } });
    const request = { mode: 'backfill', account: 'default', range: {}, write: true } as const;
    const dueFrom = new Date(book.clock.now() + 7_200_000).toISOString();
    const place = { offset: 0, lastPk: '0' };
    await backfill(book.poller.dependencies, { ...request, dueFrom, place }, 300_000);
    await book.deliver('book.income.updated');
    await book.live(1);
    expect(await book.stored()).toContain('forms n');
  });
});

describe('an announced result is stored a day after what hindered it', () => {
  const FLAGS = { body: { status: 200, response: { flags: [] } } };

  test.each([14, 400])('though its kind was refused for three hours: a book of %i days', async (days) => {
    await book.live(days);
    const books = Array.from({ length: 25 }, (_, n) => `o${n}`);
    for (const bookUuid of books) {
      saysEverything(book.ocrolus, bookUuid, [`${bookUuid}d`]);
      book.answers(calls.suspiciousActivityFlags(bookUuid), FORBIDDEN);
      await book.deliver('SUSPICIOUS_ACTIVITY', { bookUuid });
    }
    await book.deliver('SUSPICIOUS_ACTIVITY');
    await book.liveHours(3);
    for (const bookUuid of [...books, 'b']) book.answers(calls.suspiciousActivityFlags(bookUuid), FLAGS);
    await book.deliver('SUSPICIOUS_ACTIVITY', { bookUuid: 'o1' });
    await book.live(2);
    expect(await book.stored()).toContain('suspicious-activity b');
  });

  test.each([40, 400])('though Book status has refused its book for %i days', async (days) => {
    await book.live(2);
    book.answers(calls.bookStatus({ bookUuid: 'b' }), FORBIDDEN);
    await book.live(days);
    book.answers(calls.suspiciousActivityFlags('b'), FORBIDDEN);
    await book.deliver('SUSPICIOUS_ACTIVITY');
    await book.liveHours(1);
    book.saysEverything('d');
    book.answers(calls.suspiciousActivityFlags('b'), FLAGS);
    await book.live(2);
    expect(await book.stored()).toContain('suspicious-activity b');
  });
});
