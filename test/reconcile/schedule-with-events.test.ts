import { beforeEach, describe, expect, test } from 'vitest';
import { backfill } from '../../functions/poller/backfill.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { saysCaptured, signals } from '../consumers/testing/answers.ts';
import type { PollerHarness } from '../poller/testing/harness.ts';
import { document, FORBIDDEN, saysBook, saysEverything } from './testing/answers.ts';
import { book, createBookHarness, deliver, results } from './testing/harness.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = await createBookHarness();
  harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [1] } });
  harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
});

/** A document is added to the book, and its webhooks are lost. */
function addDocument({ ocrolus }: PollerHarness): void {
  saysBook(ocrolus, 'b', { book_status: 'VERIFIED', docs: [document('d'), document('n')] });
  saysCaptured(ocrolus, 'b', 'n');
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', n: 'COMPLETED' }));
}

describe('an event about a complete book takes the place of no look', () => {
  test('that is handed over already', async () => {
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(24);
    addDocument(harness);
    const dueAt = Date.parse((await book(harness))?.dueAt ?? '');
    harness.clock.advance((dueAt - harness.clock.now()) / 1000 + 60);
    await harness.run();
    expect(harness.sent).toHaveLength(1);
    await deliver(harness, 'book.income.updated');
    await harness.process();
    await harness.live(1);
    expect(await results(harness)).toContain('forms n');
  });

  test('of day 30, on day 27', async () => {
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(24);
    addDocument(harness);
    await harness.live(3);
    await deliver(harness, 'book.income.updated');
    await harness.live(7);
    expect(await results(harness)).toContain('forms n');
  });

  test('of day 8, with an event every twelve hours', async () => {
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(5);
    addDocument(harness);
    for (let half = 0; half < 8; half += 1) {
      await deliver(harness, 'book.income.updated');
      await harness.liveHours(12);
    }
    expect(await results(harness)).toContain('forms n');
  });

  test('that a backfill asks for', async () => {
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(60);
    addDocument(harness);
    const listed = { pk: 1, book_uuid: 'b', created_ts: '2026-03-01T00:00:00Z' };
    harness.ocrolus.says(calls.books(100, 0), { body: { status: 200, response: { books: [listed] } } });
    const request = { mode: 'backfill', account: 'default', range: {}, write: true } as const;
    const dueFrom = new Date(harness.clock.now() + 7_200_000).toISOString();
    const place = { offset: 0, lastPk: '0' };
    await backfill(harness.dependencies, { ...request, dueFrom, place }, 300_000);
    await deliver(harness, 'book.income.updated');
    await harness.live(1);
    expect(await results(harness)).toContain('forms n');
  });
});

describe('an announced result is stored a day after what hindered it', () => {
  test.each([14, 400])('though its kind was refused for three hours: a book of %i days', async (days) => {
    const { ocrolus } = harness;
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(days);
    const books = Array.from({ length: 25 }, (_, n) => `o${n}`);
    for (const bookUuid of books) {
      saysEverything(ocrolus, bookUuid, [`${bookUuid}d`]);
      ocrolus.says(calls.suspiciousActivityFlags(bookUuid), FORBIDDEN);
      await deliver(harness, 'SUSPICIOUS_ACTIVITY', { bookUuid });
    }
    await deliver(harness, 'SUSPICIOUS_ACTIVITY');
    await harness.liveHours(3);
    const flags = { body: { status: 200, response: { flags: [] } } };
    for (const bookUuid of [...books, 'b']) ocrolus.says(calls.suspiciousActivityFlags(bookUuid), flags);
    await deliver(harness, 'SUSPICIOUS_ACTIVITY', { bookUuid: 'o1' });
    await harness.live(2);
    expect(await results(harness)).toContain('suspicious-activity b');
  });

  test.each([40, 400])('though Book status has refused its book for %i days', async (days) => {
    const { ocrolus } = harness;
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(2);
    ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), FORBIDDEN);
    await harness.live(days);
    ocrolus.says(calls.suspiciousActivityFlags('b'), FORBIDDEN);
    await deliver(harness, 'SUSPICIOUS_ACTIVITY');
    await harness.liveHours(1);
    saysEverything(ocrolus);
    ocrolus.says(calls.suspiciousActivityFlags('b'), { body: { status: 200, response: { flags: [] } } });
    await harness.live(2);
    expect(await results(harness)).toContain('suspicious-activity b');
  });
});
