import { expect, it, test } from 'vitest';
import {
  type CircuitState,
  isExempt,
  isNotServed,
  isOnlyMissing,
} from '../../shared/checklist/circuit-state.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import { DAY, marked, stored, time, tried } from './testing/entries.ts';

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
});

it('where other books lack a result, one is asked for that an event has announced', () => {
  const announced = { ...tried(), announced: true };
  expect(isExempt(open('1501'), announced)).toBe(true);
  expect(isExempt(open('1501', 'canary'), announced)).toBe(true);
  expect(isExempt(open('http-403'), announced)).toBe(false);
  expect(isExempt(CLOSED, announced)).toBe(false);
  for (const entry of [marked, tried(), stored(50)]) expect(isExempt(open('1501'), entry)).toBe(false);
});
