import { expect, test } from 'vitest';
import type { Entry } from '../../../shared/checklist/entry.ts';
import { readEntries } from '../../../shared/store/entries.ts';
import { second } from './testing/observations.ts';

/* What version 0.1 wrote, for the generation or version 2; whole stages of it are in test/upgrade. */

const old = (state: string, more: object = {}) => ({
  state,
  version: 2,
  since: second(1),
  attempts: 3,
  ...more,
});
const read = (name: string, value: unknown) => readEntries({ [`need#${name}`]: value }, 2).entries[name];
const nextAt = second(9);
const open: Entry = { wanted: 1, answered: 0, tried: 1, tries: 3, since: second(1), nextAt };

test.each<[string, string, object, Entry | undefined]>([
  [
    'stored is answered',
    'forms',
    old('stored', { at: second(5) }),
    { wanted: 1, answered: 1, state: 'stored', at: second(5) },
  ],
  [
    'refused permanently is answered',
    'income',
    old('unavailable', { code: '9006' }),
    { wanted: 1, answered: 1, state: 'unavailable', at: second(1), code: '9006' },
  ],
  [
    'what was not served is open: it may be by now',
    'income',
    old('unavailable', { code: 'not-served' }),
    { wanted: 1, answered: 0, state: 'unavailable', at: second(1), code: 'not-served' },
  ],
  [
    'pending keeps its schedule',
    'income',
    old('pending', { nextAt, code: '1404' }),
    { ...open, code: '1404' },
  ],
  [
    'a job is followed',
    'summary',
    old('pending', { nextAt, job: 'j', jobAt: second(4) }),
    { ...open, job: { id: 'j', wanted: 1, at: second(4) } },
  ],
  [
    'a job without a time started with the entry',
    'summary',
    old('pending', { nextAt, job: 'j' }),
    { ...open, job: { id: 'j', wanted: 1, at: second(1) } },
  ],
  ['wanted without a schedule is due at once', 'business#x', old('wanted'), { wanted: 1, answered: 0 }],
  [
    'what an event had opened is announced',
    'income',
    old('wanted', { openedAt: second(0) }),
    { wanted: 1, answered: 0 },
  ],
  ['expired is no longer asked for', 'income', old('expired'), { ...open, nextAt: undefined }],
  ['a probe is a probe', 'income', old('probe', { nextAt }), { wanted: 0, answered: 0, nextAt }],
  [
    'stored for an earlier generation may be new',
    'income',
    old('stored', { version: 1 }),
    { wanted: 1, answered: 0 },
  ],
  [
    'anything else of an earlier generation says nothing',
    'income',
    old('pending', { version: 1, nextAt }),
    undefined,
  ],
  [
    'an earlier version of a document says nothing: its results are wanted anyway',
    'forms',
    old('stored', { version: 1 }),
    undefined,
  ],
  ['what an event had named of an unknown document is wanted anyway', 'forms#d', old('wanted'), undefined],
])('%s', (_what, name, value, expected) => {
  expect(read(name, value)).toEqual(expected);
});

test('what nothing needs any more is dropped, and everything else is kept', () => {
  const item = {
    status: 'VERIFIED',
    version: 2,
    settled: {},
    round: {},
    hold: 'x',
    'need#tax-forms': old('wanted'),
  };
  const { entries, others } = readEntries(item, 2);
  expect(entries).toEqual({});
  expect(others).toEqual({ status: 'VERIFIED', 'need#tax-forms': old('wanted') });
});

test('an entry of no known shape is an error', () => {
  expect(() => read('forms', old('half-done'))).toThrow();
  expect(() => read('forms', { wanted: '1', answered: 0 })).toThrow();
});
