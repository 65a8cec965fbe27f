import { describe, expect, it, test } from 'vitest';
import { type Answer, isLater } from '../../../shared/checklist/answer.ts';
import type { Entry, Job } from '../../../shared/checklist/entry.ts';
import { second } from '../store/testing/observations.ts';
import {
  answer,
  DAY,
  entryAfter,
  HOUR,
  job,
  MINUTE,
  marked,
  NO_RESULT,
  secondOf,
  stored,
  tried,
  unavailable,
  waitAfter,
  working,
} from './testing/entries.ts';

test('of two answers, that for the later mark is later, then the one that was asked for later', () => {
  expect(isLater({ wanted: 2, at: second(1) }, { wanted: 1, at: second(9) })).toBe(true);
  expect(isLater({ wanted: 1, at: second(9) }, { wanted: 2, at: second(1) })).toBe(false);
  expect(isLater({ wanted: 1, at: second(9) }, { wanted: 1, at: second(8) })).toBe(true);
  expect(isLater({ wanted: 1, at: second(9) }, { wanted: 1, at: second(9) })).toBe(false);
  expect(isLater({ wanted: 0, at: second(9) }, { wanted: 0, at: undefined })).toBe(true);
});

test('an entry says since when its requests fail, until one is answered otherwise', () => {
  const failed = (entry: Entry, now: number) => entryAfter(entry, answer('failed', 5), now);
  const entry = failed(failed(tried(), 200), 300);
  expect(entry).toMatchObject({ since: second(60), failedSince: second(200) });
  expect(entryAfter(entry, answer('not-yet', 5), 400).failedSince).toBeUndefined();
  expect(entryAfter(entry, answer('refused', 5), 400).failedSince).toBeUndefined();
  expect(entryAfter(entry, answer('stored', 5), 400)).not.toHaveProperty('failedSince');
  // What was asked for since then still fails.
  const later = { ...entry, tried: 6, wanted: 6 };
  expect(entryAfter(later, answer('stored', 5), 400)).toMatchObject({ failedSince: second(200) });
});

describe('a result, or that there is none', () => {
  const closed = { wanted: 5, answered: 5, at: second(100) };

  it('closes the entry, and removes what earlier requests have left', () => {
    const entry = tried({ job: job(5) });
    expect(entryAfter(entry, answer('stored', 5))).toEqual({ ...closed, state: 'stored' });
    expect(entryAfter(entry, answer('permanent', 5))).toEqual({
      ...closed,
      state: 'unavailable',
      code: '9006',
    });
  });

  it('may be for an entry that nothing has written', () => {
    expect(entryAfter(undefined, answer('stored', 1))).toEqual({
      ...closed,
      wanted: 1,
      answered: 1,
      state: 'stored',
    });
  });

  it('for an earlier mark leaves the entry open, and requests for the last one go on', () => {
    const { code: _, ...others } = tried();
    expect(entryAfter(tried(), answer('stored', 4))).toEqual({ ...others, answered: 4, at: second(100) });
    expect(entryAfter(tried({ tried: 4 }), answer('stored', 4))).toEqual({
      ...marked,
      answered: 4,
      at: second(100),
    });
  });

  it('replaces the one that is kept only if it is later', () => {
    expect(entryAfter(stored(100), answer('permanent', 1, 101))).toEqual(unavailable(101));
    expect(entryAfter(unavailable(100), answer('stored', 1, 101))).toEqual(stored(101));
    for (const older of [answer('stored', 2, 900), answer('stored', 3, 49), answer('permanent', 3, 50)])
      expect(entryAfter(tried(), older)).toEqual(tried());
  });

  it('that lacks something is probed after the end of capture, unless a later mark is asked for anyway', () => {
    const partial: Answer = { ...answer('stored', 5), class: 'stored', isPartial: true };
    const whole = { ...closed, state: 'stored' };
    expect(entryAfter(tried(), partial, 2 * DAY, second(0))).toEqual({ ...whole, nextAt: second(3 * DAY) });
    expect(entryAfter(tried(), partial, 11 * DAY, second(0)).nextAt).toBeUndefined();
    expect(entryAfter(tried(), { ...partial, wanted: 4 }, 11 * DAY, second(0)).nextAt).toBe(second(600));
  });
});

describe('an answer without a result', () => {
  it('is counted, and the next request waits', () => {
    const once = { tried: 5, tries: 1, since: second(200), nextAt: second(500) };
    expect(entryAfter(marked, answer('not-yet', 5))).toEqual({ ...marked, ...once, code: '1404' });
    // Marked with a time before which it was not asked for.
    const waiting = { ...marked, tried: 5, tries: 0, nextAt: second(150) };
    expect(entryAfter(waiting, answer('refused', 5))).toEqual({ ...marked, ...once, code: 'http-403' });
    expect(entryAfter(tried(), answer('not-yet', 5))).toEqual(tried({ tries: 4, nextAt: second(500) }));
  });

  it('for a later mark is counted from the beginning', () => {
    const again = { tries: 1, since: second(200), nextAt: second(500) };
    expect(entryAfter(tried({ tried: 4 }), answer('not-yet', 5))).toEqual(tried(again));
  });

  it.each([
    ['not-yet', 6 * HOUR],
    ['refused', 6 * HOUR],
    // An outage is made up for within an hour of its end.
    ['failed', HOUR],
  ] as const)('%s: is asked for again after as long as requests have brought nothing', (kind, most) => {
    const entry = tried({ tries: 50, since: second(0) });
    for (const age of [1, 5 * MINUTE, 50 * MINUTE, 2 * HOUR, 7 * HOUR])
      expect(waitAfter(entry, answer(kind, 5), age)).toBe(Math.min(Math.max(age, 5 * MINUTE), most));
  });

  it.each([
    ['up to the horizon', 30 * DAY, 6 * HOUR],
    ['then monthly', 30 * DAY + 1, 30 * DAY],
    ['for a year', 365 * DAY, 30 * DAY],
    ['and then not any more', 365 * DAY + 1, undefined],
  ])('%s', (_what, age, wait) => {
    const entry = tried({ tries: 50, since: second(0) });
    expect(waitAfter(entry, answer('refused', 5), age)).toBe(wait);
  });

  it.each(NO_RESULT)('%s: for an earlier mark than was tried, or answered, changes nothing', (kind) => {
    for (const entry of [
      tried(),
      tried({ nextAt: undefined }),
      marked,
      stored(50),
      { ...stored(50), wanted: 2 },
    ])
      expect(entryAfter(entry, answer(kind, entry.answered))).toEqual(entry);
    expect(entryAfter(tried(), answer(kind, 4))).toEqual(tried());
  });
});

describe('a job', () => {
  const withJob = (own: Job, more: Partial<Entry> = {}) => tried({ job: own, ...more });
  /** The job of an entry has failed. */
  const failed = (entry: Entry) => answer('job-failed', 5, 100, entry.job);

  it('is kept until it ends, and asked for at least every hour: it lives for a day', () => {
    const entry = entryAfter(tried({ since: second(200 - 9 * HOUR) }), working(5, job(5)));
    expect(entry).toMatchObject({ job: job(5), code: 'job-pending', nextAt: second(200 + HOUR) });
    expect(entryAfter(entry, answer('failed', 5))).toMatchObject({ job: job(5), code: 'http-503' });
    for (const kind of ['refused', 'not-yet'] as const)
      expect(entryAfter(entry, answer(kind, 5))).not.toHaveProperty('job');
  });

  it('that fails is started again after an hour, a day and three days; the fourth failure is permanent', () => {
    let entry = entryAfter(withJob(job(5)), answer('job-failed', 5));
    expect(entry.job).toEqual({ wanted: 5, at: second(100), failures: 1 });
    // Another answer has ended it meanwhile.
    expect(entryAfter(tried(), answer('job-failed', 5))).toEqual(entry);
    const waits = [secondOf(entry.nextAt) - 200];
    for (let n = 2; n <= 3; n += 1) {
      const started = entryAfter(entry, working(5, job(5)));
      expect(started.job).toEqual({ ...job(5), failures: n - 1 });
      entry = entryAfter(started, failed(started));
      // Another request learns the same.
      expect(entryAfter(entry, failed(started)).job).toEqual(entry.job);
      waits.push(secondOf(entry.nextAt) - 200);
    }
    expect(waits).toEqual([HOUR, DAY, 3 * DAY]);
    const last = entryAfter(entry, working(5, job(5)));
    expect(entryAfter(last, failed(last))).toEqual({
      ...unavailable(100, 'job-failed'),
      wanted: 5,
      answered: 5,
    });
  });

  it('that fails for good closes the mark that it was started for, and no later one', () => {
    const last = withJob({ ...job(4), failures: 3 });
    const entry = entryAfter(last, failed(last));
    expect(entry).toEqual({ ...marked, ...unavailable(100, 'job-failed'), wanted: 5, answered: 4 });
  });

  it('goes on when another request learns that the one before has failed', () => {
    const before = withJob(job(5, 40));
    const next = { ...job(5), id: 'next', failures: 1 };
    expect(entryAfter(withJob(next), failed(before)).job).toEqual(next);
  });

  it('for another mark starts with no failures', () => {
    const failed = tried({ job: { wanted: 4, at: second(1), failures: 3 } });
    expect(entryAfter(failed, working(5, job(5))).job).toEqual(job(5));
  });

  it('answers the mark that it was started for; a later mark is asked for at once', () => {
    const done = answer('stored', 4, 90);
    expect(entryAfter(withJob(job(4)), done)).toEqual({ ...marked, answered: 4, at: second(90) });
  });

  it('is followed no longer once its mark is answered, even by something later', () => {
    expect(entryAfter(withJob(job(4)), answer('stored', 5)).job).toBeUndefined();
    expect(entryAfter(withJob(job(5)), answer('stored', 4)).job).toEqual(job(5));
    // Its own result is older than what is stored.
    expect(entryAfter(withJob(job(3, 40)), answer('stored', 3, 40))).toEqual(tried());
  });

  it('that an older request has started is followed, without a change of the schedule', () => {
    expect(entryAfter(tried(), working(4, job(4)))).toEqual(tried({ job: job(4) }));
    expect(entryAfter(tried({ nextAt: undefined }), working(4, job(4))).nextAt).toBe(second(500));
    expect(entryAfter(withJob(job(5)), working(4, job(4)))).toEqual(withJob(job(5)));
  });
});
