import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { bookStatus, error, type ScriptedDocument } from '../consumers/testing/answers.ts';
import { saysComplete } from '../consumers/testing/complete-book.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { makeBook } from './testing/books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

let harness: PollerHarness;
beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  await makeBook(harness.table, 'b');
});

const DAY = 86_400;
const says = (status: string, docs: readonly ScriptedDocument[] = []) =>
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs));
const counted = (name: string) => harness.counted.get(name) ?? 0;
const FINISHED: ScriptedDocument = { uuid: 'd', status: 'VERIFICATION_COMPLETE' };
/** Polls whenever the book is due, for so many days; what is sent is lost. */
const pollFor = async (days: number) => {
  const end = harness.clock.now() + days * DAY * 1000;
  for (;;) {
    const at = Date.parse((await readBook(harness.table, 'b'))?.dueAt ?? '') || Number.POSITIVE_INFINITY;
    harness.clock.advance((Math.min(Math.max(at, harness.clock.now()), end) - harness.clock.now()) / 1000);
    if (at > end) return;
    await harness.pollRow({ bookId: 'b', item: 'BOOK', dueAt: '' });
  }
};

describe('a book that does not change', () => {
  test('for the horizon is stuck, and counted once', async () => {
    says('VERIFYING');
    await harness.pollDue();
    await pollFor(29);
    expect(counted('BooksStuck')).toBe(0);
    await pollFor(40);
    expect(counted('BooksStuck')).toBe(1);
  });

  test('is then polled monthly for a year, and not after that', async () => {
    says('VERIFYING');
    await harness.pollDue();
    await pollFor(40);
    const before = harness.ocrolus.count('book-status');
    await pollFor(300);
    expect(harness.ocrolus.count('book-status') - before).toBeGreaterThanOrEqual(9);
    expect(harness.ocrolus.count('book-status') - before).toBeLessThanOrEqual(12);
    await pollFor(100);
    expect((await readBook(harness.table, 'b'))?.dueAt).toBeUndefined();
    expect(counted('BooksStuck')).toBe(1);
  });

  test('is stuck again when it has changed and then stops changing', async () => {
    says('PROCESSING');
    await harness.pollDue();
    await pollFor(35);
    says('VERIFYING');
    await pollFor(70);
    expect(counted('BooksStuck')).toBe(2);
  });

  test('and has changed recently is not stuck, however old it is', async () => {
    says('PROCESSING');
    await harness.pollDue();
    await pollFor(20);
    says('VERIFYING');
    await pollFor(20);
    expect(counted('BooksStuck')).toBe(0);
  });

  test('and is complete is not stuck', async () => {
    saysComplete(harness.ocrolus);
    await harness.live(1);
    expect(await readBook(harness.table, 'b')).toMatchObject({ complete: true });
    await pollFor(40);
    expect(counted('BooksStuck')).toBe(0);
  });

  test('and lacks something is stuck', async () => {
    says('VERIFIED', [FINISHED]);
    await harness.pollDue();
    await pollFor(35);
    expect(counted('BooksStuck')).toBe(1);
  });

  test('because it is deleted is not stuck', async () => {
    says('DELETED');
    await harness.pollDue();
    await pollFor(40);
    expect(counted('BooksStuck')).toBe(0);
  });
});

describe('results that are missing for longer than the setting allows', () => {
  test('are counted at each poll, by kind', async () => {
    saysComplete(harness.ocrolus);
    harness.ocrolus.says(calls.bookSummary('b'), error(425, 9004));
    harness.ocrolus.says(calls.documentForms('d'), error(425, 1404));
    await harness.live(0.9);
    expect(counted('ResultsOverdue')).toBe(0);
    await harness.live(0.5);
    expect(counted('ResultsOverdue')).toBeGreaterThan(0);
    expect(counted('ResultsOverdue') % 2).toBe(0);
  });

  test('do not count once they are stored', async () => {
    saysComplete(harness.ocrolus);
    await harness.live(3);
    expect(counted('ResultsOverdue')).toBe(0);
  });

  test('do not include probes that have not been answered yet', async () => {
    // Income and the like are refused for ten days, and asked for three times.
    saysComplete(harness.ocrolus);
    await harness.live(11);
    expect(harness.ocrolus.count('income-calculations')).toBe(3);
    expect(counted('ResultsOverdue')).toBe(0);
  });
});

describe('the lag of a run', () => {
  test('is that of the book which is due longest, when the run begins', async () => {
    harness = createPollerHarness(await memoryTable());
    for (const [n, bookUuid] of ['b0', 'b1', 'b2'].entries()) {
      await makeBook(harness.table, bookUuid, 40 + 10 * n);
      harness.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING'));
    }
    await harness.run();
    expect(harness.measured.get('DueLag')).toBe(60);
  });

  test('is not written when nothing is due: an idle stage pays for its heartbeat only', async () => {
    harness = createPollerHarness(await memoryTable());
    await harness.run();
    expect(harness.measured).toEqual(new Map());
    expect(harness.counted).toEqual(new Map([['PollerRun', 1]]));
  });
});
