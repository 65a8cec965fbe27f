import { beforeEach, expect, test } from 'vitest';
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

const { lookFor, start } = lookedBook(() => harness);

const expired = () =>
  harness.consumers.counted
    .filter(({ name }) => name === 'ResultExpired')
    .map(({ dimensions }) => dimensions.kind)
    .sort();

test('results that are asked for without success for the horizon are counted once, by kind', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), error(403, 2101));
  harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  await start('VERIFIED', [finished('d')]);
  await lookFor(29);
  expect(expired()).toEqual([]);
  await lookFor(10);
  expect(expired()).toEqual(['forms', 'summary']);
  expect(harness.consumers.lines.join('\n')).toMatch(/"message":"result expired"[^}]*"kind":"summary"/);
  const asked = harness.ocrolus.count('Book-summary');
  await lookFor(90);
  expect(harness.ocrolus.count('Book-summary') - asked).toBeLessThanOrEqual(4);
  expect(expired()).toEqual(['forms', 'summary']);
});

test('a result that comes just in time is not', async () => {
  harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  await start('VERIFIED', [finished('d')]);
  await lookFor(25);
  saysEverything(harness.ocrolus);
  await lookFor(40);
  expect(expired()).toEqual([]);
});
