import { describe, expect, it } from 'vitest';
import type { Entry } from '../../shared/checklist/entry.ts';
import { second } from '../store/testing/observations.ts';
import { entryAfter, repeat } from './testing/answered.ts';
import { answered, DAY, HOUR, MINUTE, probe, secondOf, wanted } from './testing/checklists.ts';

describe('a refusal', () => {
  it('is repeated with pauses from five minutes to six hours, and expires after thirty days', () => {
    const { entry, asked } = repeat(undefined, 'refused', 365);
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.at(-1)).toBeGreaterThan(30 * DAY);
    expect(asked.at(-1)).toBeLessThan(31 * DAY);
    expect(entry).toMatchObject({ state: 'expired', code: 'http-403', since: second(0) });
    expect(entry).not.toHaveProperty('nextAt');
  });

  it('does not expire before the twentieth in a row', () => {
    const old = wanted(0, { refusals: 18, refusedSince: second(-40 * DAY), since: second(-40 * DAY) });
    const nineteenth = entryAfter(old, answered('refused', 100));
    expect(nineteenth).toMatchObject({ state: 'wanted', refusals: 19 });
    expect(entryAfter(nineteenth, answered('refused', 200))).toMatchObject({
      state: 'expired',
      refusals: 20,
    });
  });

  it('does not expire before the horizon, which is counted from the first refusal, not from the opening', () => {
    const old = wanted(0, { refusals: 500, refusedSince: second(-29 * DAY), since: second(-300 * DAY) });
    expect(entryAfter(old, answered('refused', 100))).toMatchObject({ state: 'wanted' });
    const first = entryAfter(wanted(0, { since: second(-300 * DAY) }), answered('refused', 100));
    expect(first).toMatchObject({ state: 'wanted', refusals: 1, refusedSince: second(200) });
  });

  it('after a "not yet" is the first again', () => {
    const refused = wanted(0, { refusals: 19, refusedSince: second(-40 * DAY) });
    const between = entryAfter(refused, answered('not-yet', 100));
    expect(between).not.toHaveProperty('refusals');
    expect(entryAfter(between, answered('refused', 200), 300)).toMatchObject({
      refusals: 1,
      refusedSince: second(300),
    });
  });
});

describe('a probe', () => {
  it('comes a day, three and ten days after the end, and ends with the third refusal', () => {
    const asked: number[] = [];
    let entry: Entry = probe();
    while (entry.nextAt !== undefined && asked.length < 10) {
      const now = secondOf(entry.nextAt);
      asked.push(now);
      entry = entryAfter(entry, answered('refused', now), now);
    }
    expect(asked).toEqual([DAY, 3 * DAY, 10 * DAY]);
    expect(entry).toMatchObject({ state: 'unavailable', code: 'http-403' });
    expect(entry).not.toHaveProperty('nextAt');
  });

  it('that ended is as old as its question, not as its answer: an event in between is not covered', () => {
    // Asked at 100, received at 110, written at 125.
    expect(entryAfter(probe({ refusals: 2 }), answered('refused', 100), 125).at).toBe(second(100));
    const tooEarly = entryAfter(probe(), answered('not-yet', 11 * DAY), 11 * DAY + 25);
    expect(tooEarly).toMatchObject({ state: 'unavailable', at: second(11 * DAY) });
  });

  it('answered "not yet" stays one, and comes after an hour, doubling up to a day, until the tenth day', () => {
    const asked: number[] = [];
    let entry: Entry = probe();
    while (entry.nextAt !== undefined && asked.length < 100) {
      const now = secondOf(entry.nextAt);
      asked.push(now);
      entry = entryAfter(entry, answered('not-yet', now), now);
      expect(entry.state).toBe(now >= 10 * DAY ? 'unavailable' : 'probe');
    }
    const pauses = asked.slice(1).map((n, i) => (n - (asked[i] ?? 0)) / HOUR);
    expect(pauses.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 24]);
    expect([asked[0], asked.at(-1)]).toEqual([DAY, 10 * DAY]);
    expect(entry).toMatchObject({ state: 'unavailable', code: '1404' });
    expect(entry).not.toHaveProperty('nextAt');
  });

  it('is refused three times in a row before it ends: a "not yet" in between restarts the count', () => {
    const twice = probe({ refusals: 2 });
    const between = entryAfter(twice, answered('not-yet', 4 * DAY), 4 * DAY);
    expect(entryAfter(between, answered('refused', 5 * DAY), 5 * DAY).state).toBe('probe');
    expect(entryAfter(twice, answered('refused', 5 * DAY), 5 * DAY).state).toBe('unavailable');
  });

  it('under an open circuit is postponed, and not used up', () => {
    const later = entryAfter(probe({ refusals: 1 }), answered('suppressed', 100));
    expect(later).toEqual(probe({ refusals: 1, nextAt: second(200 + 6 * HOUR) }));
  });

  it('that was delayed for days does not use up the others within minutes', () => {
    // Two weeks without a poller: the first is asked for on day 14.
    const first = entryAfter(probe(), answered('refused', 14 * DAY), 14 * DAY);
    expect(first.state).toBe('probe');
    expect(secondOf(first.nextAt)).toBeGreaterThan(14 * DAY + HOUR);
  });
});

describe('a suppressed request', () => {
  it('keeps the entry wanted, with growing pauses, and says why', () => {
    const once = entryAfter(wanted(0), answered('suppressed', 100));
    expect(once).toMatchObject({
      state: 'wanted',
      attempts: 1,
      code: 'circuit-open',
      nextAt: second(200 + 5 * MINUTE),
    });
    const again = entryAfter(once, answered('suppressed', 600), 600);
    expect(again).toMatchObject({ attempts: 2, nextAt: second(600 + 10 * MINUTE) });
  });

  it('is not a refusal', () => {
    const entry = wanted(0, { refusals: 19, refusedSince: second(-40 * DAY), code: 'http-403' });
    expect(entryAfter(entry, answered('suppressed', 100))).toMatchObject({
      state: 'wanted',
      refusals: 19,
      code: 'http-403',
    });
  });
});
