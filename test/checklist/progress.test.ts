import { describe, expect, it } from 'vitest';
import { progressOf } from '../../shared/checklist/progress.ts';
import { second } from '../store/testing/observations.ts';
import { expired, pending, probe, stored, unavailable, wanted } from './testing/checklists.ts';

describe('analytics', () => {
  it('are available with the first of them, since the latest', () => {
    const entries = { summary: stored(10), 'cash-flow': stored(12), 'enriched-transactions': wanted(0) };
    expect(progressOf(entries, 1).analytics).toEqual({ state: 'available', at: second(12) });
  });

  it('are unavailable when all of them were permanently refused, with the code', () => {
    const entries = { summary: unavailable(10, '9006'), 'cash-flow': unavailable(11, '9006') };
    expect(progressOf(entries, 1).analytics).toEqual({
      state: 'unavailable',
      at: second(11),
      reason: '9006',
    });
  });

  it.each([
    ['wanted', wanted(0)],
    ['pending', pending(0)],
    ['expired', expired(0)],
    ['a probe', probe()],
  ])('are neither while one of them is %s', (_what, summary) => {
    expect(progressOf({ summary, 'cash-flow': unavailable(11) }, 1).analytics).toBeUndefined();
  });

  it('of version 1 do not count as version 2', () => {
    expect(
      progressOf({ analytics: stored(10), 'analytics#request': stored(10) }, 1).analytics,
    ).toBeUndefined();
  });

  it('of an earlier generation do not count', () => {
    const entries = { summary: stored(10), 'cash-flow': unavailable(10) };
    expect(progressOf(entries, 2)).toEqual({ analytics: undefined, detect: undefined, income: undefined });
  });
});

it('detect and income follow their own entries', () => {
  const entries = { signals: stored(10), income: unavailable(11, '9003') };
  expect(progressOf(entries, 1)).toEqual({
    analytics: undefined,
    detect: { state: 'available', at: second(10) },
    income: { state: 'unavailable', at: second(11), reason: '9003' },
  });
});
