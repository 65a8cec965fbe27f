import { describe, expect, it, test } from 'vitest';
import { Entry, entryName, isMissing, isOpen, wantOf } from '../../shared/checklist/entry.ts';
import { RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import { expired, pending, probe, stored, unavailable, wanted } from './testing/checklists.ts';

test.each(RESULT_KINDS)(
  'the entry of %s is named after its kind, and after its subject where that is not the book',
  (kind) => {
    for (const subject of ['b', 'd-1', 'request#7']) {
      const name = entryName({ kind, subject }, 'b');
      expect(name).toBe(subject === 'b' ? kind : `${kind}#${subject}`);
      expect(wantOf(name, 'b')).toEqual({ kind, subject });
    }
  },
);

describe('what is open, and what is missing', () => {
  it.each([
    ['no entry', undefined, false, false],
    ['wanted', wanted(0), true, true],
    ['pending', pending(0), true, true],
    ['a probe still to come', probe(), false, false],
    ['stored', stored(0), false, false],
    ['unavailable', unavailable(0), false, false],
    ['expired', expired(0), false, true],
  ])('%s', (_what, entry, open, missing) => {
    expect([isOpen(entry), isMissing(entry)]).toEqual([open, missing]);
  });
});

test('an entry that the table holds is read as it is, and a broken one is not', () => {
  const entry = pending(5, {
    refusals: 2,
    refusedSince: '2026-03-02T08:00:00.000Z',
    job: 'j',
    covers: undefined,
  });
  expect(Entry.parse(entry)).toEqual(entry);
  for (const fault of [{ state: 'waiting' }, { version: 1.5 }, { since: 'yesterday' }, { nextAt: 5 }]) {
    expect(Entry.safeParse({ ...entry, ...fault }).success).toBe(false);
  }
});
