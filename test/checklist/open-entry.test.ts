import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../shared/checklist/entry.ts';
import { isAskedAfter, openEntry } from '../../shared/checklist/opening.ts';
import { second } from '../store/testing/observations.ts';
import { anyEntry } from './testing/arbitraries.ts';
import { expired, pending, probe, stored, time, unavailable, wanted } from './testing/checklists.ts';

const open = (
  entry: Entry | undefined,
  receivedAt: number,
  more: { reopens?: boolean; version?: number } = {},
) =>
  openEntry(
    entry,
    { version: more.version ?? 1, receivedAt: second(receivedAt), reopens: more.reopens ?? true },
    time(100),
  );

const OPENED = { state: 'wanted', version: 1, attempts: 0, nextAt: second(100), openedAt: second(50) };

describe('an event opens', () => {
  it.each<[string, Entry | undefined]>([
    ['what has no entry', undefined],
    ['what was stored before the event', stored(40)],
    ['what was asked for in the seconds by which clocks may differ', stored(55)],
    [
      'what was asked for while another event was in hand, whose clock may be fast',
      stored(45, { covers: second(51) }),
    ],
    ['what was permanently refused before', unavailable(40)],
    [
      'what is not part of the contract, as it seemed',
      { ...unavailable(40), at: undefined, code: 'not-served' },
    ],
    ['what is no longer requested', expired(40)],
    ['a probe', probe()],
  ])('%s', (_what, entry) => {
    expect(open(entry, 50)).toEqual({ ...OPENED, since: second(100) });
  });

  it('what is open already, again from the first attempt, without forgetting since when and why; a job that was started before computes something older', () => {
    const entry = pending(900, { attempts: 7, job: 'j', since: second(3) });
    expect(open(entry, 50)).toEqual({
      ...OPENED,
      state: 'pending',
      since: second(3),
      code: '1404',
    });
  });

  it('what was stored in an earlier generation', () => {
    expect(open(stored(60), 50, { version: 2 })).toMatchObject({ state: 'wanted', version: 2 });
  });
});

describe('an event leaves alone', () => {
  it.each<[string, Entry]>([
    ['what was clearly asked for after it', stored(55.001)],
    ['what was asked for while it was in hand', stored(45, { covers: second(50) })],
    ['a permanent refusal after it', unavailable(56)],
    ['what is open for it', wanted(200, { openedAt: second(50), attempts: 3 })],
    ['what is open for a later event', wanted(200, { openedAt: second(60) })],
  ])('%s: the very same entry', (_what, entry) => {
    expect(open(entry, 50)).toBe(entry);
  });

  it('what is stored, where it only sums up what other events have announced', () => {
    const entry = stored(1);
    expect(open(entry, 50, { reopens: false })).toBe(entry);
    expect(open(unavailable(1), 50, { reopens: false })).toMatchObject({ state: 'wanted' });
  });
});

it('a second time, it changes nothing, whatever the entry was', () => {
  fc.assert(
    fc.property(anyEntry(), fc.nat(200), fc.boolean(), (entry, receivedAt, reopens) => {
      const once = open(entry, receivedAt, { reopens });
      expect(open(once, receivedAt, { reopens })).toBe(once);
    }),
    { numRuns: 2000 },
  );
});

it('leaves an entry that is open or was asked for after the event, and never an older generation', () => {
  fc.assert(
    fc.property(anyEntry(), fc.nat(200), fc.integer({ min: 2, max: 3 }), (entry, receivedAt, version) => {
      const after = open(entry, receivedAt, { version });
      expect(after.version).toBe(version);
      const isOpen = after.state === 'wanted' || after.state === 'pending';
      expect(isOpen || isAskedAfter(after, second(receivedAt))).toBe(true);
      expect(after.nextAt !== undefined).toBe(isOpen);
    }),
    { numRuns: 2000 },
  );
});
