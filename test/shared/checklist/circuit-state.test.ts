import { describe, expect, it, test } from 'vitest';
import {
  type CircuitState,
  isExempt,
  isNotServed,
  isOnlyMissing,
  notServedAt,
} from '../../../shared/checklist/circuit-state.ts';
import { type Entry, NO_ENTRY } from '../../../shared/checklist/entry.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import { DAY, stored, time } from './testing/entries.ts';

const CLOSED: CircuitState = { state: 'closed' };
const open = (code: string, state: 'open' | 'canary' = 'open'): CircuitState => ({
  state,
  since: second(0),
  code,
});

test.each(['1401', '2102', '1501', 'http-404'])('%s says that books lack the result', (code) => {
  expect(isOnlyMissing(open(code))).toBe(true);
  expect(isOnlyMissing(open(code, 'canary'))).toBe(true);
});

test('any other code says something about the account', () => {
  expect(isOnlyMissing(open('http-403'))).toBe(false);
  expect(isOnlyMissing(CLOSED)).toBe(false);
});

it('a kind is not served once its circuit was open for a day', () => {
  const isNotServedAt = (circuit: CircuitState, now: number) =>
    isNotServed(circuit, { now: time(now), times: TIMES });
  expect(isNotServedAt(open('http-403'), DAY - 1)).toBe(false);
  expect(isNotServedAt(open('http-403'), DAY)).toBe(true);
  expect(isNotServedAt(open('http-403', 'canary'), DAY)).toBe(true);
  expect(isNotServedAt(CLOSED, 9 * DAY)).toBe(false);
  expect(isNotServedAt(open('auth'), 9 * DAY)).toBe(false);
  expect(isNotServedAt(open('1307', 'canary'), 9 * DAY)).toBe(false);
});

test.each([1, 48])('a book waits an hour for credentials that have been refused for %s hours', (hours) => {
  const HOUR = DAY / 24;
  const timing = { now: time(hours * HOUR), times: TIMES };
  expect(notServedAt(open('auth'), timing)).toBe(time((hours + 1) * HOUR));
});

describe('where other books lack a result, one is asked for', () => {
  const refused = { wanted: 5, answered: 0, tried: 5, tries: 1, code: '1501' };
  const isExemptFor = (entry: Entry, circuit = open('1501')) =>
    isExempt(circuit, entry, Math.max(entry.wanted, 1));

  it.each([
    ['that nothing has asked for yet', NO_ENTRY],
    ['whose last mark is newer than its own refusal', { ...refused, wanted: 6 }],
    ['that was observed since', { ...refused, tries: 0 }],
    ['where a request failed', { ...refused, code: 'http-503' }],
    ['that Ocrolus does not have yet', { ...refused, code: '9004' }],
  ])('%s', (_what, entry) => {
    expect(isExemptFor(entry)).toBe(true);
    expect(isExemptFor(entry, open('1501', 'canary'))).toBe(true);
    expect(isExemptFor(entry, open('1203'))).toBe(false);
    expect(isExemptFor(entry, CLOSED)).toBe(false);
  });

  it('also where refusals do not say why, once for each mark of an event', () => {
    const forbidden = open('http-403');
    expect(isExemptFor({ ...NO_ENTRY, wanted: 5 }, forbidden)).toBe(true);
    expect(isExemptFor({ ...refused, wanted: 6 }, forbidden)).toBe(true);
    for (const entry of [NO_ENTRY, refused, { ...refused, tries: 0 }, stored(50)])
      expect(isExemptFor(entry, forbidden)).toBe(false);
  });

  it('until it was refused itself, and not as a probe', () => {
    expect(isExemptFor(refused)).toBe(false);
    expect(isExempt(open('1501'), stored(50), 0)).toBe(false);
  });
});
