import { describe, expect, it } from 'vitest';
import { DEFAULT_RESULTS } from '../../../shared/checklist/kinds.ts';
import { progressOf, withProgress } from '../../../shared/reconcile/progress.ts';
import { marked, probe, stored, time, tried, unavailable } from '../checklist/testing/entries.ts';
import { observation, observed, second } from '../store/testing/observations.ts';

/** The book changed at second 60. */
const progress = (entries: Parameters<typeof progressOf>[0]) => progressOf(entries, second(60));

describe('analytics', () => {
  it('are available with the first of them, since the latest', () => {
    const entries = { summary: stored(70), 'cash-flow': stored(72), 'enriched-transactions': marked };
    expect(progress(entries).analytics).toEqual({ state: 'available', at: second(72) });
  });

  it('are available as long as nothing has changed, also while they are asked for again', () => {
    expect(progress({ summary: stored(50) }).analytics).toEqual({ state: 'available', at: second(50) });
    expect(progress({ summary: { ...marked, at: second(60) } }).analytics).toMatchObject({ at: second(60) });
    expect(progressOf({ summary: marked }).analytics).toMatchObject({ state: 'available' });
  });

  it('of the time before the book changed do not count', () => {
    for (const entry of [marked, tried()]) expect(progress({ summary: entry }).analytics).toBeUndefined();
  });

  it('are unavailable when all of them were permanently refused, with the code', () => {
    const entries = { summary: unavailable(71), 'cash-flow': unavailable(70, '9003') };
    expect(progress(entries).analytics).toEqual({ state: 'unavailable', at: second(71), reason: '9006' });
  });

  it.each([
    ['open', { wanted: 5, answered: 0 }],
    ['asked for again since the book changed', { ...unavailable(50), wanted: 5 }],
    ['a probe', probe(0)],
  ])('are neither while one of them is %s', (_what, summary) => {
    expect(progress({ summary, 'cash-flow': unavailable(70) }).analytics).toBeUndefined();
  });

  it('of an earlier generation do not count where no document has results any more', () => {
    const ended = observed(undefined, observation('b', 1, 'VERIFIED'));
    const book = { ...ended, generation: 2, entries: { summary: stored(0) } };
    const checked = { lines: [], isWhole: true, isDone: true, policy: DEFAULT_RESULTS };
    expect(withProgress(book, checked, time(2)).analytics).toBeUndefined();
  });

  it('of version 1 do not count', () => {
    expect(progress({ analytics: stored(70), 'analytics#request': stored(70) }).analytics).toBeUndefined();
  });
});

it('detect and income follow their own entries', () => {
  expect(progress({ signals: stored(70), income: unavailable(71, '9003') })).toEqual({
    analytics: undefined,
    detect: { state: 'available', at: second(70) },
    income: { state: 'unavailable', at: second(71), reason: '9003' },
  });
});
