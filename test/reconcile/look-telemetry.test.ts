import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error, finished, TOO_EARLY } from '../consumers/testing/answers.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { saysEverything } from './testing/answers.ts';
import { lookedBook } from './testing/looked-book.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
});

const { says, book, lookFor, start } = lookedBook(() => harness);

const FINISHED = [finished('d')];
const counted = (name: string) => harness.consumers.counted.filter((one) => one.name === name).length;

describe('a book that does not change', () => {
  test('for the horizon is stuck, which is counted once', async () => {
    await start('VERIFYING');
    await lookFor(29);
    expect(counted('BooksStuck')).toBe(0);
    await lookFor(340);
    expect(counted('BooksStuck')).toBe(1);
  });

  test('is then looked at monthly for a year, and not after that', async () => {
    await start('VERIFYING');
    await lookFor(40);
    const before = harness.ocrolus.count('book-status');
    await lookFor(300);
    expect(harness.ocrolus.count('book-status') - before).toBeGreaterThanOrEqual(9);
    expect(harness.ocrolus.count('book-status') - before).toBeLessThanOrEqual(12);
    await lookFor(100);
    expect(await book()).not.toHaveProperty('dueAt');
  });

  test('is stuck again when it has changed, and then stops changing', async () => {
    await start('PROCESSING');
    await lookFor(35);
    says('VERIFYING');
    await lookFor(70);
    expect(counted('BooksStuck')).toBe(2);
  });

  test('is not stuck where it has changed recently, however old it is', async () => {
    await start('PROCESSING');
    await lookFor(20);
    says('VERIFYING');
    await lookFor(20);
    expect(counted('BooksStuck')).toBe(0);
  });

  test.each([
    ['complete', 'VERIFIED'],
    ['deleted', 'DELETED'],
  ])('is not stuck where it is %s', async (_, status) => {
    await start(status, FINISHED);
    await lookFor(40);
    expect(counted('BooksStuck')).toBe(0);
  });

  test('is stuck where it lacks something', async () => {
    harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
    await start('VERIFIED', FINISHED);
    await lookFor(35);
    expect(counted('BooksStuck')).toBe(1);
  });
});

describe('results that are missing for longer than the setting allows', () => {
  test('are counted at each look, by kind', async () => {
    harness.ocrolus.says(calls.bookSummary('b'), error(425, 9004));
    harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
    await start('VERIFIED', FINISHED);
    await lookFor(0.9);
    expect(counted('ResultsOverdue')).toBe(0);
    await lookFor(0.5);
    expect(counted('ResultsOverdue')).toBeGreaterThan(0);
    expect(harness.consumers.lines.join('\n')).toContain('"kinds":"forms summary"');
  });

  test('do not include those that are stored, or probed', async () => {
    await start('VERIFIED', FINISHED);
    await lookFor(11);
    expect(harness.ocrolus.count('income-calculations')).toBe(3);
    expect(counted('ResultsOverdue')).toBe(0);
  });
});
