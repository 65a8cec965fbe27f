import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../../shared/checklist/entry.ts';
import type { ObservedDocument } from '../../../../shared/events/observation.ts';
import {
  isStoredAs,
  observeDocument,
  unlistDocument,
} from '../../../../shared/reconcile/observation/apply.ts';
import type { Document } from '../../../../shared/store/documents.ts';
import { document, GRACE, second, TIMES } from '../../store/testing/observations.ts';

const as = (status: string, more: Partial<ObservedDocument> = {}) => ({ ...document(status, 'd'), ...more });
const timing = (n: number) => ({ now: Date.parse(second(n)), times: TIMES });
const seen = (known: Document | undefined, shown: ObservedDocument, n: number) =>
  observeDocument(known, { bookId: 'b', document: shown, observedAt: second(n), generation: 4 }, timing(n));
const forms: Entry = { wanted: 1, answered: 1, state: 'stored', at: second(2) };
const captured = (n = 1): Document => ({
  ...seen(undefined, as('VERIFICATION_COMPLETE'), n),
  entries: { forms },
});
const openKinds = ({ entries }: Document) =>
  Object.entries(entries).flatMap(([kind, { wanted, answered }]) => (answered < wanted ? [kind] : []));

test('a document has everything that Book status says, and no marks: the policy alone wants its results', () => {
  const whole = as('REJECTED', {
    docPk: '18446744073709551615',
    name: 'n',
    pages: 3,
    imageGroupPk: '5',
    mixed: true,
    rejectionReason: 'DOCUMENT IS UNREADABLE',
    rejectionReasonDescription: 'Blurred',
  });
  expect(seen(undefined, whole, 1)).toEqual({
    ...whole,
    bookId: 'b',
    item: 'DOC#d',
    observedAt: second(1),
    generation: 4,
    revision: 0,
    entries: {},
  });
});

test('what a later observation omits is kept, but for the reason of a rejection that is over', () => {
  const kept = { docPk: '7', name: 'n', pages: 3, imageGroupPk: '5' };
  const known = seen(undefined, as('REJECTED', { ...kept, rejectionReason: 'r' }), 1);
  expect(seen(known, as('VERIFYING'), 2)).toEqual({
    ...known,
    status: 'VERIFYING',
    observedAt: second(2),
    rejectionReason: undefined,
    rejectionReasonDescription: undefined,
    entries: expect.anything(),
  });
});

test.each([
  ['an older one', captured(2), as('VERIFYING'), 1],
  ['one that shows the same', captured(2), as('VERIFICATION_COMPLETE'), 3],
])('%s changes nothing', (_what, known, shown, n) => {
  expect(seen(known, shown, n)).toBe(known);
});

describe('results of a document are marked', () => {
  const known = captured();

  test.each([
    ['it is processed again', as('VERIFYING')],
    ['it ended differently', as('REJECTED')],
    ['it turned out to be split', as('VERIFICATION_COMPLETE', { mixed: true })],
  ])('when %s, and are not asked for before an event had time to announce them', (_what, shown) => {
    const { entries } = seen(known, shown, 10);
    const [at, nextAt] = [Date.parse(second(10)), second(10 + GRACE)];
    expect(entries.forms).toEqual({ ...forms, wanted: at, tried: at, tries: 0, nextAt });
    expect(entries.transactions).toEqual({ wanted: at, answered: 0, tried: at, tries: 0, nextAt });
  });

  test('when it is no longer listed, and once more when it is listed again', () => {
    const gone = unlistDocument(known, second(10), timing(10));
    expect(gone).toMatchObject({ status: 'UNLISTED', observedAt: second(10) });
    const back = seen(gone, as('VERIFICATION_COMPLETE'), 20);
    expect(back.status).toBe('VERIFICATION_COMPLETE');
    expect(openKinds(back)).toEqual(['forms', 'transactions']);
    expect(back.entries.forms?.wanted).toBeGreaterThan(gone.entries.forms?.wanted ?? 0);
  });

  test('not when only the reason of a rejection is another', () => {
    const rejected = seen(undefined, as('REJECTED', { rejectionReason: 'a' }), 1);
    const shown = seen(rejected, as('REJECTED', { rejectionReason: 'b' }), 2);
    expect(shown).toMatchObject({ rejectionReason: 'b', entries: {} });
  });
});

test('an observation that is not newer unlists nothing, and nothing is unlisted twice', () => {
  const known = captured(5);
  for (const n of [4, 5]) expect(unlistDocument(known, second(n), timing(9))).toBe(known);
  const gone = unlistDocument(known, second(6), timing(9));
  expect(unlistDocument(gone, second(7), timing(9))).toBe(gone);
});

test('a document needs a write when its status, its reason or its split is new', () => {
  const known = seen(undefined, as('REJECTED', { rejectionReason: 'a' }), 1);
  expect(isStoredAs(known, as('REJECTED', { rejectionReason: 'a', name: 'another' }))).toBe(true);
  expect(isStoredAs(known, as('REJECTED', { rejectionReason: 'b' }))).toBe(false);
  expect(isStoredAs(known, as('VERIFYING', { rejectionReason: 'a' }))).toBe(false);
  expect(isStoredAs(known, as('REJECTED', { rejectionReason: 'a', mixed: true }))).toBe(false);
  expect(isStoredAs(undefined, as('REJECTED'))).toBe(false);
});

test('whatever is seen in whatever order, marks only grow, and another state always leaves its results open', () => {
  const look = fc.tuple(
    fc.constantFrom('QUEUED', 'VERIFYING', 'VERIFICATION_COMPLETE', 'REJECTED', 'gone'),
    fc.nat(9),
  );
  fc.assert(
    fc.property(fc.array(look, { maxLength: 12 }), (looks) => {
      let known = captured();
      for (const [status, n] of looks) {
        const next =
          status === 'gone' ? unlistDocument(known, second(n), timing(n)) : seen(known, as(status), n);
        expect(next.observedAt >= known.observedAt).toBe(true);
        expect(next.entries.forms?.wanted).toBeGreaterThanOrEqual(known.entries.forms?.wanted ?? 0);
        expect(next.entries.forms).toMatchObject({ answered: 1, state: 'stored', at: second(2) });
        if (next.status !== known.status) expect(openKinds(next)).toEqual(['forms', 'transactions']);
        known = next;
      }
    }),
  );
});
