import { describe, expect, it, test } from 'vitest';
import type { Entry } from '../../shared/checklist/entry.ts';
import { type Answered, PAGES_LEFT } from '../../shared/checklist/transitions.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import { entryAfter, repeat } from './testing/answered.ts';
import { answered, DAY, HOUR, MINUTE, pending, secondOf, wanted } from './testing/checklists.ts';

describe('not yet', () => {
  it('is asked for again with growing pauses, from five minutes to six hours, and monthly after the horizon', () => {
    const { entry, asked } = repeat(undefined, 'not-yet', 100);
    const pauses = asked.slice(1).map((n, i) => (n - (asked[i] ?? 0)) / MINUTE);
    expect(pauses.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 320, 360]);
    expect(pauses.slice(8, -2).every((pause) => pause === 360 || pause === 30 * 24 * 60)).toBe(true);
    expect(asked.filter((n) => n > 31 * DAY).length).toBeLessThanOrEqual(3);
    expect(entry).toMatchObject({ state: 'pending', since: second(0), code: '1404' });
  });

  it('for a year is no longer requested', () => {
    const { entry, asked } = repeat(undefined, 'not-yet', 500);
    expect(entry).toMatchObject({ state: 'expired', since: second(0), code: '1404' });
    expect(entry).not.toHaveProperty('nextAt');
    expect(asked.at(-1)).toBeGreaterThan(365 * DAY);
    expect(asked.at(-1)).toBeLessThan(400 * DAY);
  });
});

test('the remaining pages are requested every five minutes, however many attempts it takes', () => {
  const left = { ...answered('not-yet', 100), class: 'not-yet', code: PAGES_LEFT } as const;
  for (const attempts of [0, 1, 5, 30])
    expect(entryAfter(pending(0, { attempts }), left)).toMatchObject({
      state: 'pending',
      nextAt: second(200 + TIMES.min / 1000),
    });
});

describe('a job', () => {
  const tooEarly = (job: string | undefined, askedAt: number, covers?: number): Answered => ({
    ...answered('not-yet', askedAt, covers),
    ...(job !== undefined && { job }),
  });

  it('is polled at least hourly, because it and its result exist for a day', () => {
    let entry: Entry | undefined;
    let now = 0;
    for (let n = 0; n < 10; n += 1) {
      entry = entryAfter(entry, tooEarly('j', now), now);
      expect(entry.job).toBe('j');
      expect(secondOf(entry.nextAt) - now).toBeLessThanOrEqual(HOUR);
      now = secondOf(entry.nextAt);
    }
  });

  it('has the time of its start, and the event that was being processed then, however often it is polled', () => {
    const started = entryAfter(wanted(0), tooEarly('j', 100, 90), 101);
    expect(started).toMatchObject({
      job: 'j',
      jobAt: second(100),
      jobCovers: second(90),
      openedAt: second(90),
    });
    const again = entryAfter(started, tooEarly('j', 900, 800), 901);
    expect(again).toMatchObject({ job: 'j', jobAt: second(100), jobCovers: second(90) });
  });

  it('that is started again is another job', () => {
    const started = entryAfter(wanted(0), tooEarly('j', 100, 90), 101);
    expect(entryAfter(started, tooEarly('k', 900, 800), 901)).toMatchObject({
      job: 'k',
      jobAt: second(900),
      jobCovers: second(800),
    });
  });

  it('does not make an event forgotten that is later than its start', () => {
    const opened = wanted(0, { openedAt: second(200) });
    expect(entryAfter(opened, tooEarly('j', 100, 90), 201)).toMatchObject({ openedAt: second(200) });
  });

  it('is removed by the next answer without a job', () => {
    const started = entryAfter(wanted(0), tooEarly('j', 100, 90), 101);
    for (const next of [tooEarly(undefined, 900), answered('refused', 900), answered('stored', 900)]) {
      const entry = entryAfter(started, next, 901);
      for (const part of ['job', 'jobAt', 'jobCovers']) expect(entry).not.toHaveProperty(part);
    }
  });
});
