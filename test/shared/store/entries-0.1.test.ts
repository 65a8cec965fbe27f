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

const [at, nextAt] = [second(5), second(9)];
const open: Entry = { wanted: 1, answered: 0, tried: 1, tries: 3, since: second(1), nextAt };
const job = { id: 'j', wanted: 1 };
const unanswered = { wanted: 1, answered: 0 };
const unavailable = { state: 'unavailable', at: second(1) };

test.each<[string, object, Entry | undefined]>([
  ['stored is answered', old('stored', { at }), { wanted: 1, answered: 1, state: 'stored', at }],
  ['pending keeps its schedule', old('pending', { nextAt, code: '1404' }), { ...open, code: '1404' }],
  ['wanted without a schedule is due at once', old('wanted'), unanswered],
  ['what an event had opened is announced', old('wanted', { openedAt: second(0) }), unanswered],
  ['expired is no longer asked for', old('expired'), { ...open, nextAt: undefined }],
  ['a probe is a probe', old('probe', { nextAt }), { wanted: 0, answered: 0, nextAt }],
  ['stored for an earlier generation may be new', old('stored', { version: 1 }), unanswered],
  ['anything else of that says nothing', old('pending', { version: 1, nextAt }), undefined],
])('of the book, %s', (_what, value, expected) => {
  expect(read('income', value)).toEqual(expected);
});

test.each([
  ['refused permanently is answered', '9006', 1],
  ['what was not served is open: it may be by now', 'not-served', 0],
])('%s', (_what, code, answered) => {
  expect(read('income', old('unavailable', { code }))).toEqual({ wanted: 1, answered, ...unavailable, code });
});

test('a job is followed; one without a time started with the entry', () => {
  const of = (more: object) => read('summary', old('pending', { nextAt, job: 'j', ...more }));
  expect(of({ jobAt: second(4) })).toEqual({ ...open, job: { ...job, at: second(4) } });
  expect(of({})).toEqual({ ...open, job: { ...job, at: second(1) } });
});

test('an earlier version of a document says nothing, nor what an event had named of an unknown one: both are wanted anyway', () => {
  expect(read('forms', old('stored', { version: 1 }))).toBeUndefined();
  expect(read('forms#d', old('wanted'))).toBeUndefined();
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
