import { describe, expect, it } from 'vitest';
import { second } from '../store/testing/observations.ts';
import {
  answer,
  DAY,
  entryAfter,
  HOUR,
  job,
  NO_RESULT,
  probe,
  secondOf,
  stored,
  unavailable,
  waitAfter,
  working,
} from './testing/entries.ts';

describe('a probe', () => {
  const end = second(0);

  it('comes one, three and ten days after the end of capture, and not again', () => {
    const asked: number[] = [];
    let entry = probe(DAY);
    while (entry.nextAt !== undefined && asked.length < 10) {
      const now = secondOf(entry.nextAt);
      asked.push(now);
      entry = entryAfter(entry, answer('refused', 0, now), now, end);
    }
    expect(asked).toEqual([DAY, 3 * DAY, 10 * DAY]);
    expect(entry).toEqual({ wanted: 0, answered: 0, nextAt: undefined });
  });

  it('that was delayed does not use up the others, nor repeat them', () => {
    expect(waitAfter(probe(DAY), answer('not-yet', 0), 5 * DAY, end)).toBe(5 * DAY);
    expect(waitAfter(probe(DAY), answer('failed', 0), 14 * DAY, end)).toBeUndefined();
    // Capture goes on again.
    expect(waitAfter(probe(DAY), answer('refused', 0), 14 * DAY)).toBe(DAY);
  });

  it('whose request fails is repeated hourly for a day', () => {
    for (const day of [1, 3, 10]) {
      expect(waitAfter(probe(DAY), answer('failed', 0), day * DAY, end)).toBe(HOUR);
      expect(waitAfter(probe(DAY), answer('failed', 0), (day + 1) * DAY - 1, end)).toBe(HOUR);
    }
    expect(waitAfter(probe(DAY), answer('failed', 0), 4 * DAY, end)).toBe(6 * DAY);
    expect(waitAfter(probe(DAY), answer('failed', 0), 11 * DAY, end)).toBeUndefined();
  });

  it('ends with a result, or when there is none', () => {
    expect(entryAfter(probe(DAY), answer('stored', 0))).toEqual({ ...stored(100), wanted: 0, answered: 0 });
    expect(entryAfter(probe(DAY), answer('permanent', 0))).toEqual({
      ...unavailable(100),
      wanted: 0,
      answered: 0,
    });
  });

  it('leaves what is known as it is', () => {
    const known = { ...unavailable(10), nextAt: second(DAY) };
    expect(entryAfter(known, answer('refused', 1), DAY, end)).toEqual({ ...known, nextAt: second(3 * DAY) });
  });

  it('that starts a job is followed until the job ends', () => {
    const started = entryAfter(probe(DAY), working(0, job(0)), DAY, end);
    expect(started).toEqual({ ...probe(DAY + HOUR), job: job(0) });
    expect(entryAfter(started, answer('failed', 0), DAY, end)).toEqual(started);
    expect(entryAfter(started, answer('job-failed', 0), DAY, end)).toEqual(probe(3 * DAY));
  });

  it('that is answered after a mark changes nothing of the mark', () => {
    const since = { ...probe(DAY), wanted: 5, tried: 5, tries: 0, nextAt: second(DAY + 600) };
    for (const kind of NO_RESULT) expect(entryAfter(since, answer(kind, 0), 11 * DAY, end)).toEqual(since);
  });
});
