import { describe, expect, it, test } from 'vitest';
import { CLASSIFY_ONLY } from '../../shared/checklist/kinds.ts';
import { GRACE, second } from '../store/testing/observations.ts';
import {
  asksOf,
  BOOK_HAS_ALL,
  DAY,
  expired,
  HOUR,
  pending,
  planWith,
  probe,
  stored,
  time,
  unavailable,
  WITHOUT_SUMMARY,
  wanted,
} from './testing/checklists.ts';

test('a book that has everything has nothing to ask for, now or later', () => {
  const planned = planWith();
  expect(planned).toEqual({
    entries: BOOK_HAS_ALL,
    asks: [],
    canaries: [],
    changed: [],
    nextAt: undefined,
    isSettled: true,
    open: [],
  });
  expect(planWith({ listed: undefined })).toEqual(planned);
});

describe('a result of the book', () => {
  it('with the policy `always` that is missing is requested after the time that a webhook may take', () => {
    const planned = planWith({ book: { entries: WITHOUT_SUMMARY } });
    expect(planned.entries.summary).toEqual({
      state: 'wanted',
      version: 1,
      since: second(20),
      attempts: 0,
      nextAt: second(20 + GRACE),
    });
    expect(planned).toMatchObject({ asks: [], nextAt: time(20 + GRACE), open: ['summary'], isSettled: true });
    const later = planWith({ book: { entries: planned.entries }, now: 20 + GRACE });
    expect(asksOf(later)).toEqual(['summary b']);
  });

  it.each(['paystubs', 'summary', 'cash-flow', 'enriched-transactions'] as const)(
    '%s is wanted by default',
    (kind) => {
      const entries = { ...BOOK_HAS_ALL };
      delete entries[kind];
      expect(planWith({ book: { entries } })).toMatchObject({ open: [kind] });
      expect(planWith({ book: { entries }, policy: { [kind]: 'never' } })).toMatchObject({
        open: [],
        nextAt: undefined,
      });
    },
  );

  it('of an earlier generation is wanted again, whatever the policy says, where it was announced then', () => {
    for (const entry of [stored(10), pending(10), wanted(10), expired(10)]) {
      const planned = planWith({
        book: { generation: 2, entries: { income: entry } },
        policy: { income: 'announced' },
      });
      expect(planned.entries.income).toMatchObject({ state: 'wanted', version: 2 });
    }
    for (const entry of [probe(), unavailable(10)]) {
      const planned = planWith({ book: { generation: 2, entries: { income: entry } } });
      expect(planned.entries.income).toMatchObject({ state: 'probe', version: 2 });
    }
  });

  it('that was asked for before the book was known to be finished is fetched again, whatever the clocks say', () => {
    const early = { ...stored(1), early: true };
    const planned = planWith({ book: { entries: { ...BOOK_HAS_ALL, income: early, summary: early } } });
    expect(planned.open).toEqual(['income', 'summary']);
  });

  it('is not missing in an active book, but requested if an event has named it', () => {
    const atWork = { endedAt: undefined, entries: {} };
    expect(planWith({ book: atWork, status: 'VERIFYING' })).toMatchObject({
      open: [],
      entries: {},
      nextAt: undefined,
    });
    const named = planWith({ book: { ...atWork, entries: { income: wanted(0) } }, status: 'VERIFYING' });
    expect(asksOf(named)).toEqual(['income b']);
  });

  it('is not missing if no document has results, except the classification', () => {
    const planned = planWith({
      book: { hasResults: false, entries: {} },
      listed: [{ docUuid: 'd', status: 'REJECTED' }],
      stored: { d: { status: 'REJECTED', entries: {} } },
      policy: { classification: 'always' },
    });
    expect(planned.open).toEqual(['classification']);
    expect(Object.keys(planned.entries)).toEqual(['classification']);
  });

  it.each([
    ['wanted', wanted(15), true],
    ['pending', pending(15), true],
    ['not due yet', wanted(25), false],
    ['expired', expired(0), false],
    ['of an earlier generation, and named by an event only', wanted(15, { version: 0 }), false],
  ])('%s is requested when it is due: %j', (_what, entry, isAsked) => {
    const planned = planWith({ book: { entries: { ...BOOK_HAS_ALL, 'business#x': entry } } });
    expect(asksOf(planned)).toEqual(isAsked ? ['business x'] : []);
    expect(planned.open).toEqual(entry.version === 1 ? ['business'] : []);
  });

  it('that expired is missing, and is not asked for', () => {
    const planned = planWith({ book: { entries: { ...BOOK_HAS_ALL, summary: expired(0) } }, now: 400 * DAY });
    expect(planned).toMatchObject({ asks: [], open: ['summary'], nextAt: undefined });
  });
});

describe('a probe', () => {
  const entries = { ...BOOK_HAS_ALL, income: probe() };

  it('is created for results that only an announcement would bring, a day after the end', () => {
    const { income: _, ...others } = BOOK_HAS_ALL;
    const planned = planWith({ book: { entries: others } });
    expect(planned.entries.income).toEqual(probe());
    expect(planned).toMatchObject({ open: [], asks: [], nextAt: time(DAY), isSettled: true });
  });

  it('is not open, and is requested when it is due', () => {
    expect(planWith({ book: { entries }, now: DAY - 1 })).toMatchObject({ asks: [], open: [] });
    const due = planWith({ book: { entries }, now: DAY });
    expect(asksOf(due)).toEqual(['income b']);
    expect(due.open).toEqual([]);
  });

  it('is created for every kind with the policy `announced`, except businesses: no call lists them', () => {
    const planned = planWith({ book: { entries: {} } });
    const probes = Object.entries(planned.entries).filter(([, { state }]) => state === 'probe');
    expect(probes.map(([kind]) => kind).sort()).toEqual([
      'analytics',
      'classification',
      'income',
      'suspicious-activity',
    ]);
  });
});

describe('rounds', () => {
  const missing = { d: { entries: { signals: stored(10) } } };

  it('nothing is asked for while the last round may still be on its way', () => {
    const planned = planWith({ stored: missing, book: { round: { nextAt: second(900) } } });
    expect(planned).toMatchObject({ asks: [], nextAt: time(900), open: ['forms', 'transactions'] });
    const later = planWith({ stored: missing, book: { round: { nextAt: second(900) } }, now: 900 });
    expect(asksOf(later)).toEqual(['forms d', 'transactions d']);
  });

  it('an operator does not wait for it, nor for what is due later', () => {
    const entries = { ...BOOK_HAS_ALL, summary: pending(5 * HOUR) };
    const planned = planWith({
      stored: missing,
      book: { round: { nextAt: second(900) }, entries },
      isUrgent: true,
    });
    expect(asksOf(planned)).toEqual(['forms d', 'summary b', 'transactions d']);
  });
});

describe('a book that Ocrolus only classifies', () => {
  const given = {
    book: { bookClass: CLASSIFY_ONLY, hasResults: false, entries: {} },
    listed: [{ docUuid: 'd', status: 'CLASSIFIED' }],
    stored: { d: { status: 'CLASSIFIED', entries: {} } },
  } as const;

  it('should have its classification, and nothing else', () => {
    const planned = planWith(given);
    expect(planned).toMatchObject({ open: ['classification'], isSettled: true });
    expect(Object.keys(planned.entries)).toEqual(['classification']);
  });

  it('has everything with it', () => {
    const book = { ...given.book, entries: { classification: stored(10) } };
    expect(planWith({ ...given, book })).toMatchObject({
      open: [],
      asks: [],
      nextAt: undefined,
      isSettled: true,
    });
  });

  it('should not have even that if the policy is `never`', () => {
    expect(planWith({ ...given, policy: { classification: 'never' } })).toMatchObject({
      open: [],
      entries: {},
    });
  });
});

describe('a deleted book', () => {
  const deleted = {
    status: 'DELETED',
    book: { endedAt: undefined, entries: { summary: wanted(0), income: probe() } },
  };

  it('has nothing missing, whatever was open before', () => {
    const planned = planWith({ ...deleted, stored: { d: { entries: { forms: pending(0) } } } });
    expect(planned).toMatchObject({ asks: [], open: [], nextAt: undefined });
  });

  it('has the last statuses of its documents written', () => {
    const planned = planWith({ ...deleted, listed: [{ docUuid: 'd', status: 'DELETED' }] });
    expect(planned).toMatchObject({ changed: ['d'], asks: [], isSettled: false });
  });
});
