import { describe, expect, it } from 'vitest';
import { type CircuitState, NOT_SERVED } from '../../shared/checklist/circuit-state.ts';
import { progressOf } from '../../shared/checklist/progress.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import {
  asksOf,
  BOOK_HAS_ALL,
  DAY,
  DOCUMENT_HAS_ALL,
  HOUR,
  pending,
  planWith,
  probe,
  stored,
  time,
  unavailable,
  wanted,
} from './testing/checklists.ts';

const open = (since = 0): CircuitState => ({ state: 'open', since: second(since), code: 'http-403' });
const canary = (since = 0): CircuitState => ({ state: 'canary', since: second(since), code: 'http-403' });
const NOTHING = unavailable(0, NOT_SERVED);
const notServed = { ...NOTHING, at: undefined };

describe('of a result of the book', () => {
  const entries = { ...BOOK_HAS_ALL, summary: wanted(0), income: probe({ nextAt: second(0) }) };
  const withCircuits = (circuit: CircuitState, now = 20) =>
    planWith({ book: { entries }, circuits: { summary: circuit, income: circuit }, now });

  it('while the circuit is open, nothing is requested, and it stays missing', () => {
    const planned = withCircuits(open());
    expect(planned).toMatchObject({ asks: [], open: ['summary'], nextAt: time(20) + TIMES.max });
    expect(planned.entries).toEqual(entries);
  });

  it('other kinds are requested as before', () => {
    const planned = planWith({ book: { entries }, circuits: { 'cash-flow': open() } });
    expect(asksOf(planned)).toEqual(['income b', 'summary b']);
  });

  it('the call of the hour is asked for', () => {
    expect(asksOf(withCircuits(canary()))).toEqual(['income b', 'summary b']);
  });

  it('after a day it is not served: not missing, and not asked for', () => {
    expect(withCircuits(open(), DAY - 1).open).toEqual(['summary']);
    const planned = withCircuits(open(), DAY);
    expect(planned.open).toEqual([]);
    expect(planned.entries.summary).toMatchObject({ state: 'unavailable', code: NOT_SERVED });
    expect(planned.entries.summary).not.toHaveProperty('nextAt');
    expect(planned).toMatchObject({ isSettled: true, asks: [] });
  });

  it('what is not served is asked for by the call of the hour only', () => {
    const given = { book: { entries: { ...BOOK_HAS_ALL, summary: notServed } }, now: 2 * DAY };
    expect(planWith({ ...given, circuits: { summary: open() } })).toMatchObject({
      asks: [],
      open: [],
      nextAt: undefined,
    });
    const planned = planWith({ ...given, circuits: { summary: canary() } });
    expect(planned).toMatchObject({ asks: [], canaries: [{ kind: 'summary', subject: 'b' }], open: [] });
  });

  it('once the circuit is closed, it is missing again', () => {
    const planned = planWith({ book: { entries: { ...BOOK_HAS_ALL, summary: notServed } } });
    expect(planned.entries.summary).toMatchObject({ state: 'wanted', nextAt: second(20), attempts: 0 });
    expect(asksOf(planned)).toEqual(['summary b']);
  });

  it('that was refused permanently stays so, whatever the circuit does', () => {
    for (const circuit of [open(), canary(), { state: 'closed' } as const]) {
      const planned = planWith({
        book: { entries: BOOK_HAS_ALL },
        circuits: { income: circuit },
        now: 2 * DAY,
      });
      expect(planned.entries).toEqual(BOOK_HAS_ALL);
      expect(planned.asks).toEqual([]);
    }
  });

  it('is asked for once, also where it had not been served before', () => {
    // Wanted again after the circuit had closed, and now it has opened again.
    const entry = wanted(0, { code: NOT_SERVED });
    const planned = planWith({
      book: { entries: { ...BOOK_HAS_ALL, summary: entry } },
      circuits: { summary: canary(10) },
    });
    expect(planned.asks).toEqual([{ kind: 'summary', subject: 'b' }]);
  });
});

describe('of the results of documents', () => {
  const missing = { d: { entries: { signals: stored(10) } } };

  it('while the circuit is open, nothing is asked for, and they stay missing', () => {
    const planned = planWith({ stored: missing, circuits: { forms: open() } });
    expect(asksOf(planned)).toEqual(['transactions d']);
    expect(planned).toMatchObject({ open: ['forms', 'transactions'], isSettled: false });
    const alone = planWith({ stored: missing, circuits: { forms: open(), transactions: open() } });
    expect(alone).toMatchObject({ asks: [], nextAt: time(20) + TIMES.max });
  });

  it('after a day they are no longer missing', () => {
    const planned = planWith({
      stored: missing,
      circuits: { forms: open(), transactions: open() },
      now: DAY,
    });
    expect(planned).toMatchObject({ asks: [], open: [], isSettled: true, nextAt: time(DAY) + TIMES.month });
  });

  it('once it is closed, they are requested', () => {
    expect(asksOf(planWith({ stored: missing, now: 2 * DAY }))).toEqual(['forms d', 'transactions d']);
  });
});

describe('of signals', () => {
  const { signals: _, ...captured } = DOCUMENT_HAS_ALL;
  const without = { d: { entries: captured } };
  const entries = { ...BOOK_HAS_ALL, signals: wanted(0) };

  it('while the circuit is open, nothing is asked for', () => {
    const planned = planWith({ stored: without, book: { entries }, circuits: { signals: open() } });
    expect(planned).toMatchObject({ asks: [], open: ['signals'], isSettled: false });
  });

  it('after a day they are not served, and do not count as stored', () => {
    const planned = planWith({ stored: without, book: { entries }, circuits: { signals: open() }, now: DAY });
    expect(planned).toMatchObject({ asks: [], open: [], isSettled: true });
    expect(planned.entries.signals).toMatchObject({ state: 'unavailable', code: NOT_SERVED });
    expect(progressOf(planned.entries, 1).detect).toMatchObject({ state: 'unavailable', reason: NOT_SERVED });
  });

  it('of one document are not served after a day, either', () => {
    const known = { d: { entries: { ...captured, signals: pending(0) } } };
    const planned = planWith({ stored: known, circuits: { signals: open() }, now: DAY + HOUR });
    expect(planned).toMatchObject({ asks: [], open: [], isSettled: true });
  });

  it('once it is closed, they are missing again', () => {
    const planned = planWith({
      stored: without,
      book: { entries: { ...BOOK_HAS_ALL, signals: notServed } },
      now: 2 * DAY,
    });
    expect(planned.entries.signals).toMatchObject({ state: 'wanted' });
    expect(planned.open).toEqual(['signals']);
  });
});
