import { describe, expect, it, test } from 'vitest';
import type { Entry } from '../../shared/checklist/entry.ts';
import { type Answered, afterAnswer, PAGES_LEFT } from '../../shared/checklist/transitions.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import {
  answered,
  DAY,
  expired,
  HOUR,
  MINUTE,
  pending,
  probe,
  secondOf,
  stored,
  time,
  unavailable,
  wanted,
} from './testing/checklists.ts';

const entryAfter = (entry: Entry | undefined, answer: Answered, now = 200, version = 1) =>
  afterAnswer(entry, version, answer, { now: time(now), times: TIMES });

/** The same answer each time the entry is due, until it is not asked for any more or the time is up; 1000 times at most. */
function repeat(entry: Entry | undefined, kind: Parameters<typeof answered>[0], untilDay: number) {
  const asked: number[] = [];
  let now = 0;
  let current = entry;
  while (now <= untilDay * DAY && asked.length < 1000) {
    asked.push(now);
    current = entryAfter(current, answered(kind, now), now);
    if (current.nextAt === undefined) break;
    now = secondOf(current.nextAt);
  }
  return { entry: current, asked };
}

describe('a result', () => {
  it.each<[string, Entry | undefined]>([
    ['that was not asked for', undefined],
    ['that was wanted', wanted(0, { attempts: 3, refusals: 2, refusedSince: second(1) })],
    ['that Ocrolus was working on', pending(0, { job: 'j' })],
    ['that was not asked for any more', expired(0)],
    ['that was probed', probe()],
    ['that was refused for good, before', unavailable(50)],
    ['of an earlier answer', stored(50)],
  ])('%s is stored', (_what, entry) => {
    expect(entryAfter(entry, answered('stored', 100))).toEqual({
      state: 'stored',
      version: 1,
      since: second(100),
      attempts: 0,
      at: second(100),
    });
  });

  it('remembers the latest event that it was asked for', () => {
    expect(entryAfter(wanted(0), answered('stored', 100, 90))).toMatchObject({ covers: second(90) });
    expect(entryAfter(stored(50, { covers: second(95) }), answered('stored', 100, 90))).toMatchObject({
      at: second(100),
      covers: second(95),
    });
  });

  it('asked for earlier than what is stored changes nothing', () => {
    const newer = stored(100, { covers: second(99) });
    expect(entryAfter(newer, answered('stored', 50))).toBe(newer);
    expect(entryAfter(newer, answered('permanent', 50))).toBe(newer);
  });
});

test('a permanent refusal says why, and since when', () => {
  expect(entryAfter(pending(0, { job: 'j' }), answered('permanent', 100, 90))).toEqual({
    state: 'unavailable',
    version: 1,
    since: second(100),
    attempts: 0,
    at: second(100),
    covers: second(90),
    code: '9006',
  });
});

describe('an event has opened the entry since', () => {
  const opened = wanted(100, { openedAt: second(90) });

  it.each<[string, Answered]>([
    ['was asked for before', answered('stored', 80)],
    ['was asked for in the seconds by which clocks may differ', answered('stored', 95)],
    ['was asked for an earlier event', answered('stored', 95, 80)],
    ['was asked for a later event only, by whose clock it seems late', answered('stored', 91, 95)],
    ['refuses for good what was asked before', answered('permanent', 80)],
  ])('an answer that %s does not close it', (_what, answer) => {
    expect(entryAfter(opened, answer)).toBe(opened);
  });

  it.each<[string, Answered]>([
    ['was asked for it', answered('stored', 91, 90)],
    ['was asked for clearly later', answered('stored', 95.001)],
    ['was asked for clearly later, and refuses for good', answered('permanent', 96)],
  ])('an answer that %s closes it', (_what, answer) => {
    expect(entryAfter(opened, answer).nextAt).toBeUndefined();
  });
});

describe('an older answer never reopens what a newer one has closed', () => {
  const closed: [string, Entry][] = [
    ['stored', stored(100, { covers: second(90) })],
    ['unavailable', unavailable(100)],
  ];
  it.each(closed)('%s', (_state, entry) => {
    for (const kind of ['not-yet', 'refused', 'suppressed'] as const) {
      for (const answer of [
        answered(kind, 50),
        answered(kind, 50, 40),
        answered(kind, 150),
        answered(kind, 92, 90),
      ])
        expect(entryAfter(entry, answer)).toBe(entry);
    }
  });

  it.each(closed)('%s: but one for a later event does', (_state, entry) => {
    for (const kind of ['not-yet', 'refused', 'suppressed'] as const) {
      const state = kind === 'not-yet' ? 'pending' : 'wanted';
      expect(entryAfter(entry, answered(kind, 151, 150))).toMatchObject({ state });
    }
  });
});

describe('an answer for an event that brought nothing keeps the entry open for this event', () => {
  // Event E1 at 5, asked for at 6 and slow; event E2 at 30, asked for at 31: "not yet". Then the answer for E1 comes.
  it.each(['not-yet', 'refused', 'suppressed'] as const)(
    '%s, then the late answer for an earlier event',
    (kind) => {
      for (const before of [undefined, wanted(0), pending(0), stored(1), unavailable(1)]) {
        const opened = entryAfter(before, answered(kind, 31, 30), 32);
        const late = entryAfter(opened, answered('stored', 6, 5), 33);
        expect(['wanted', 'pending']).toContain(late.state);
        expect(entryAfter(late, answered('stored', 40, 30), 41)).toMatchObject({ state: 'stored' });
      }
    },
  );
});

describe('generations', () => {
  it('an answer for an earlier one says nothing about the present', () => {
    for (const entry of [wanted(5, { version: 2 }), pending(5, { version: 2 }), stored(5, { version: 2 })]) {
      for (const kind of ['stored', 'not-yet', 'refused', 'permanent', 'suppressed'] as const)
        expect(entryAfter(entry, answered(kind, 100), 200, 1)).toBe(entry);
    }
  });

  it('an entry of an earlier one is void: its attempts, refusals and job too', () => {
    const old = pending(5, {
      attempts: 9,
      refusals: 19,
      refusedSince: second(0),
      job: 'j',
      openedAt: second(900),
    });
    expect(entryAfter(old, answered('refused', 100), 200, 2)).toEqual({
      state: 'wanted',
      version: 2,
      since: second(200),
      attempts: 1,
      refusals: 1,
      refusedSince: second(200),
      code: 'http-403',
      nextAt: second(200 + 5 * MINUTE),
    });
    expect(entryAfter(stored(500), answered('stored', 100), 200, 2)).toMatchObject({
      version: 2,
      at: second(100),
    });
  });
});

describe('not yet', () => {
  it('is asked for again with growing pauses, from five minutes to six hours, and monthly after the horizon', () => {
    const { entry, asked } = repeat(undefined, 'not-yet', 100);
    const pauses = asked.slice(1).map((n, i) => (n - (asked[i] ?? 0)) / MINUTE);
    expect(pauses.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 320, 360]);
    expect(pauses.slice(8, -2).every((pause) => pause === 360 || pause === 30 * 24 * 60)).toBe(true);
    expect(asked.filter((n) => n > 31 * DAY).length).toBeLessThanOrEqual(3);
    expect(entry).toMatchObject({ state: 'pending', since: second(0), code: '1404' });
  });

  it('for a year is not asked for any more', () => {
    const { entry, asked } = repeat(undefined, 'not-yet', 500);
    expect(entry).toMatchObject({ state: 'expired', since: second(0), code: '1404' });
    expect(entry).not.toHaveProperty('nextAt');
    expect(asked.at(-1)).toBeGreaterThan(365 * DAY);
    expect(asked.at(-1)).toBeLessThan(400 * DAY);
  });
});

test('pages that are left are asked for every five minutes, however many attempts it takes', () => {
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

  it('is asked about hourly at least: it and its result live for a day', () => {
    let entry: Entry | undefined;
    let now = 0;
    for (let n = 0; n < 10; n += 1) {
      entry = entryAfter(entry, tooEarly('j', now), now);
      expect(entry.job).toBe('j');
      expect(secondOf(entry.nextAt) - now).toBeLessThanOrEqual(HOUR);
      now = secondOf(entry.nextAt);
    }
  });

  it('is as old as its start, with the event that was in hand then, however often it is asked about', () => {
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

  it('that is started again is another one', () => {
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

  it('is forgotten with the next answer that has none', () => {
    const started = entryAfter(wanted(0), tooEarly('j', 100, 90), 101);
    for (const next of [tooEarly(undefined, 900), answered('refused', 900), answered('stored', 900)]) {
      const entry = entryAfter(started, next, 901);
      for (const part of ['job', 'jobAt', 'jobCovers']) expect(entry).not.toHaveProperty(part);
    }
  });
});

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

  it('under an open circuit comes later, and is not used up', () => {
    const later = entryAfter(probe({ refusals: 1 }), answered('suppressed', 100));
    expect(later).toEqual(probe({ refusals: 1, nextAt: second(200 + 6 * HOUR) }));
  });

  it('that was held up for days does not use up the others within minutes', () => {
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

  it('is no refusal', () => {
    const entry = wanted(0, { refusals: 19, refusedSince: second(-40 * DAY), code: 'http-403' });
    expect(entryAfter(entry, answered('suppressed', 100))).toMatchObject({
      state: 'wanted',
      refusals: 19,
      code: 'http-403',
    });
  });
});
