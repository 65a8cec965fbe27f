import { describe, expect, it } from 'vitest';
import {
  asksOf,
  DOCUMENT_HAS_ALL,
  expired,
  pending,
  planWith,
  stored,
  unavailable,
  wanted,
} from './testing/checklists.ts';

const { forms: __, ...WITHOUT_FORMS } = DOCUMENT_HAS_ALL;

describe('a document', () => {
  it('that is finished and has no entry has its forms and transactions requested at once', () => {
    const planned = planWith({ stored: { d: { entries: { signals: stored(10) } } } });
    expect(asksOf(planned)).toEqual(['forms d', 'transactions d']);
    expect(planned).toMatchObject({ open: ['forms', 'transactions'], isSettled: false, nextAt: 0 });
  });

  it('that is not stored yet counts as changed, and everything is requested', () => {
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

  it('with entries of an earlier version has everything requested again', () => {
    const planned = planWith({ stored: { d: { version: 2 } } });
    expect(asksOf(planned)).toEqual(['forms d', 'transactions d']);
  });

  it('that is finished with another status has a new version: its entries are void', () => {
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

  it('added to a book does not cause the others to be fetched again', () => {
    const added = { docUuid: 'e', status: 'VERIFICATION_COMPLETE' };
    const planned = planWith({ listed: [{ docUuid: 'd', status: 'VERIFICATION_COMPLETE' }, added] });
    expect(asksOf(planned)).toEqual(['forms e', 'transactions e']);
    expect(planned.changed).toEqual(['e']);
  });

  it('that is no longer listed counts as changed, until it is marked', () => {
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

  it('is fetched from an active book, too', () => {
    const planned = planWith({ book: { endedAt: undefined, entries: {} }, status: 'VERIFYING', stored: {} });
    expect(asksOf(planned)).toEqual(['forms d', 'transactions d']);
  });

  it('is not requested if the policy is `never`, or `announced` without an event', () => {
    const policy = { forms: 'never', transactions: 'announced' } as const;
    expect(planWith({ stored: { d: { entries: WITHOUT_FORMS } }, policy })).toMatchObject({
      asks: [],
      open: [],
    });
    const entries = { ...WITHOUT_FORMS, transactions: wanted(0) };
    expect(asksOf(planWith({ stored: { d: { entries } }, policy }))).toEqual(['transactions d']);
  });
});
