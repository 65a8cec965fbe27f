import { describe, expect, it, test } from 'vitest';
import { CLASSIFY_ONLY } from '../../shared/checklist/kinds.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import {
  asksOf,
  BOOK_HAS_ALL,
  DAY,
  DOCUMENT_HAS_ALL,
  expired,
  HOUR,
  pending,
  planWith,
  probe,
  stored,
  time,
  unavailable,
  wanted,
} from './testing/checklists.ts';

const GRACE = TIMES.grace / 1000;
const { summary: _, ...WITHOUT_SUMMARY } = BOOK_HAS_ALL;
const { forms: __, ...WITHOUT_FORMS } = DOCUMENT_HAS_ALL;

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
  it('that its policy always wants, and that it has not, is wanted once a webhook had its time', () => {
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

  it('is not wanted of a book at work, but asked for where an event has named it', () => {
    const atWork = { endedAt: undefined, entries: {} };
    expect(planWith({ book: atWork, status: 'VERIFYING' })).toMatchObject({
      open: [],
      entries: {},
      nextAt: undefined,
    });
    const named = planWith({ book: { ...atWork, entries: { income: wanted(0) } }, status: 'VERIFYING' });
    expect(asksOf(named)).toEqual(['income b']);
  });

  it('is not wanted where no document has results, but for its classification', () => {
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
  ])('%s is asked for when its time has come: %j', (_what, entry, isAsked) => {
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

  it('is made for what only an announcement would bring, a day after the end', () => {
    const { income: _, ...others } = BOOK_HAS_ALL;
    const planned = planWith({ book: { entries: others } });
    expect(planned.entries.income).toEqual(probe());
    expect(planned).toMatchObject({ open: [], asks: [], nextAt: time(DAY), isSettled: true });
  });

  it('is not open, and is asked for when its day has come', () => {
    expect(planWith({ book: { entries }, now: DAY - 1 })).toMatchObject({ asks: [], open: [] });
    const due = planWith({ book: { entries }, now: DAY });
    expect(asksOf(due)).toEqual(['income b']);
    expect(due.open).toEqual([]);
  });

  it('is made of every kind that is announced, but for businesses: no call lists them', () => {
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

describe('a document', () => {
  it('that is finished and has no entry wants its forms and transactions at once', () => {
    const planned = planWith({ stored: { d: { entries: { signals: stored(10) } } } });
    expect(asksOf(planned)).toEqual(['forms d', 'transactions d']);
    expect(planned).toMatchObject({ open: ['forms', 'transactions'], isSettled: false, nextAt: 0 });
  });

  it('that is not stored yet is changed, and wants everything', () => {
    const planned = planWith({ stored: {} });
    expect(asksOf(planned)).toEqual(['forms d', 'transactions d']);
    expect(planned).toMatchObject({
      changed: ['d'],
      isSettled: false,
      open: ['forms', 'signals', 'transactions'],
    });
  });

  it.each([
    ['wanted', wanted(15), true, true],
    ['pending', pending(15), true, true],
    ['not due yet', pending(25), false, true],
    ['expired', expired(0), false, true],
    ['stored', stored(5), false, false],
    ['unavailable', unavailable(5), false, false],
  ])('whose forms are %s', (_what, forms, isAsked, isOpen) => {
    const planned = planWith({ stored: { d: { entries: { ...DOCUMENT_HAS_ALL, forms } } } });
    expect(asksOf(planned)).toEqual(isAsked ? ['forms d'] : []);
    expect(planned).toMatchObject({ open: isOpen ? ['forms'] : [], isSettled: !isOpen });
  });

  it('whose entries are of an earlier version wants everything again', () => {
    const planned = planWith({ stored: { d: { version: 2 } } });
    expect(asksOf(planned)).toEqual(['forms d', 'transactions d']);
  });

  it('that has come back to its end another way has a new version: its entries are void', () => {
    const planned = planWith({ stored: { d: { status: 'REJECTED' } } });
    expect(planned.changed).toEqual(['d']);
    expect(asksOf(planned)).toEqual(['forms d', 'transactions d']);
  });

  it.each(['VERIFYING', 'GROOMED_IN_A_NEW_WAY'])('in status %s keeps its book unsettled', (status) => {
    const planned = planWith({
      listed: [{ docUuid: 'd', status }],
      stored: { d: { status, entries: {} } },
      policy: { signals: 'never' },
    });
    expect(planned).toMatchObject({ asks: [], open: [], changed: [], isSettled: false });
  });

  it.each(['REJECTED', 'FAILED', 'DELETED'])('in status %s has no results', (status) => {
    const planned = planWith({
      listed: [{ docUuid: 'd', status }],
      stored: { d: { status, entries: {} } },
      policy: { signals: 'never' },
    });
    expect(planned).toMatchObject({ asks: [], open: [], changed: [], isSettled: true });
  });

  it('that was split has none of its own', () => {
    const planned = planWith({
      listed: [{ docUuid: 'd', status: 'COMPLETED', mixed: true }],
      stored: { d: { status: 'COMPLETED', mixed: true, entries: { signals: stored(0) } } },
    });
    expect(planned).toMatchObject({ asks: [], open: [], isSettled: true });
  });

  it('added to a book does not make the others wanted again', () => {
    const added = { docUuid: 'e', status: 'VERIFICATION_COMPLETE' };
    const planned = planWith({ listed: [{ docUuid: 'd', status: 'VERIFICATION_COMPLETE' }, added] });
    expect(asksOf(planned)).toEqual(['forms e', 'transactions e']);
    expect(planned.changed).toEqual(['e']);
  });

  it('that is not listed any more is changed, until it is marked', () => {
    expect(planWith({ listed: [] })).toMatchObject({ changed: ['d'], isSettled: false, asks: [] });
    for (const status of ['UNLISTED', 'DELETED'])
      expect(planWith({ listed: [], stored: { d: { status } } })).toMatchObject({
        changed: [],
        isSettled: true,
      });
  });

  it('whose rejection has another reason is changed', () => {
    const planned = planWith({
      listed: [{ docUuid: 'd', status: 'REJECTED', rejectionReason: 'INVALID DOCUMENT' }],
      stored: { d: { status: 'REJECTED', rejectionReason: 'DOCUMENT IS UNREADABLE', entries: {} } },
    });
    expect(planned).toMatchObject({ changed: ['d'], asks: [] });
  });

  it('is fetched from a book at work, too', () => {
    const planned = planWith({ book: { endedAt: undefined, entries: {} }, status: 'VERIFYING', stored: {} });
    expect(asksOf(planned)).toEqual(['forms d', 'transactions d']);
  });

  it('is left alone where the policy says so, and where only an event would name it', () => {
    const policy = { forms: 'never', transactions: 'announced' } as const;
    expect(planWith({ stored: { d: { entries: WITHOUT_FORMS } }, policy })).toMatchObject({
      asks: [],
      open: [],
    });
    const entries = { ...WITHOUT_FORMS, transactions: wanted(0) };
    expect(asksOf(planWith({ stored: { d: { entries } }, policy }))).toEqual(['transactions d']);
  });
});

describe('signals', () => {
  const listed = ['d', 'e', 'f'].map((docUuid) => ({ docUuid, status: 'VERIFICATION_COMPLETE' }));
  const captured = { forms: stored(10), transactions: stored(10) };
  const has = { entries: DOCUMENT_HAS_ALL };
  const hasNot = { entries: captured };
  const without = { ...BOOK_HAS_ALL };
  delete (without as Record<string, unknown>).signals;

  it('of all documents that have none are asked for by one call', () => {
    const known = { d: hasNot, e: hasNot, f: has };
    const first = planWith({ listed, stored: known, book: { entries: without } });
    expect(first).toMatchObject({ asks: [], open: ['signals'], isSettled: false });
    const later = planWith({ listed, stored: known, book: { entries: first.entries }, now: 20 + GRACE });
    expect(asksOf(later)).toEqual(['signals b']);
  });

  it('are not missing once each document has its own', () => {
    const planned = planWith({
      listed,
      stored: { d: has, e: has, f: has },
      book: { entries: { ...BOOK_HAS_ALL, signals: wanted(0) } },
    });
    expect(planned).toMatchObject({ asks: [], open: [], isSettled: true });
    expect(planned.entries.signals).toMatchObject({ state: 'stored' });
  });

  it('that an event has named are asked for although each document has its own', () => {
    const signals = wanted(0, { openedAt: second(5) });
    const planned = planWith({
      listed,
      stored: { d: has, e: has, f: has },
      book: { entries: { ...BOOK_HAS_ALL, signals } },
    });
    expect(asksOf(planned)).toEqual(['signals b']);
  });

  it('that Ocrolus is working on, of one document, are asked for one by one', () => {
    const d = { entries: { ...captured, signals: pending(0) } };
    const planned = planWith({ listed, stored: { d, e: has, f: has } });
    expect(asksOf(planned)).toEqual(['signals d']);
    expect(planned).toMatchObject({ open: ['signals'], isSettled: false });
  });

  it('are not wanted before the book is finished, nor where no document has results', () => {
    const book = { endedAt: undefined, entries: {} };
    expect(planWith({ book, status: 'VERIFYING', stored: { d: hasNot } })).toMatchObject({ open: [] });
    const rejected = [{ docUuid: 'd', status: 'REJECTED' }];
    const known = { d: { status: 'REJECTED', entries: {} } };
    const withoutResults = { entries: without, hasResults: false };
    expect(planWith({ listed: rejected, stored: known, book: withoutResults })).toMatchObject({ open: [] });
  });

  it.each([
    ['rejected', { status: 'REJECTED' }],
    ['that was split', { status: 'COMPLETED', mixed: true }],
  ])('are wanted of a document %s beside others: the answer may have come before the document', (_, is) => {
    const planned = planWith({
      listed: [...listed, { docUuid: 'r', ...is }],
      stored: { d: has, e: has, f: has, r: { ...is, entries: {} } },
    });
    expect(planned).toMatchObject({ open: ['signals'], isSettled: false });
  });

  it.each(['DELETED', 'DELETING'])('are not wanted of a document that is %s', (status) => {
    const planned = planWith({
      listed: [...listed, { docUuid: 'r', status }],
      stored: { d: has, e: has, f: has, r: { status, entries: {} } },
    });
    expect(planned).toMatchObject({ open: [], isSettled: true });
  });

  it('that Detect does not list are missing since the first time, however often the others were stored meanwhile', () => {
    const known = { d: hasNot, e: has, f: has };
    const entries = { ...BOOK_HAS_ALL, signals: wanted(0, { since: second(-2 * DAY), attempts: 3 }) };
    const before = planWith({ listed, stored: known, book: { entries } });
    expect(before.entries.signals).toMatchObject({ since: second(-2 * DAY) });
  });

  it.each(['never', 'announced'] as const)('are not wanted where the policy is %s', (signals) => {
    const planned = planWith({
      listed,
      stored: { d: hasNot, e: hasNot, f: hasNot },
      book: { entries: without },
      policy: { signals },
    });
    expect(planned).toMatchObject({ open: [], asks: [], isSettled: true });
  });

  it('of a document are not asked for where the policy is never', () => {
    const d = { entries: { ...captured, signals: pending(0) } };
    const planned = planWith({ stored: { d }, policy: { signals: 'never' } });
    expect(planned).toMatchObject({ open: [], asks: [], isSettled: true });
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

  it('wants its classification, and nothing else', () => {
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

  it('wants not even that where the policy is never', () => {
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

  it('lacks nothing, whatever was open of it', () => {
    const planned = planWith({ ...deleted, stored: { d: { entries: { forms: pending(0) } } } });
    expect(planned).toMatchObject({ asks: [], open: [], nextAt: undefined });
  });

  it('has the last statuses of its documents written', () => {
    const planned = planWith({ ...deleted, listed: [{ docUuid: 'd', status: 'DELETED' }] });
    expect(planned).toMatchObject({ changed: ['d'], asks: [], isSettled: false });
  });
});
