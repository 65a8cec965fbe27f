import { describe, expect, it } from 'vitest';
import { GRACE, second } from '../store/testing/observations.ts';
import {
  asksOf,
  BOOK_HAS_ALL,
  DAY,
  DOCUMENT_HAS_ALL,
  pending,
  planWith,
  stored,
  wanted,
} from './testing/checklists.ts';

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
