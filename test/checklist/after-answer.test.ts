import { describe, expect, it, test } from 'vitest';
import type { Entry } from '../../shared/checklist/entry.ts';
import type { Answered } from '../../shared/checklist/transitions.ts';
import { second } from '../store/testing/observations.ts';
import { entryAfter } from './testing/answered.ts';
import {
  answered,
  expired,
  MINUTE,
  pending,
  probe,
  stored,
  unavailable,
  wanted,
} from './testing/checklists.ts';

describe('a result', () => {
  it.each<[string, Entry | undefined]>([
    ['that was not asked for', undefined],
    ['that was wanted', wanted(0, { attempts: 3, refusals: 2, refusedSince: second(1) })],
    ['that Ocrolus was working on', pending(0, { job: 'j' })],
    ['that was no longer requested', expired(0)],
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
  it('an answer for an earlier generation changes nothing', () => {
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
