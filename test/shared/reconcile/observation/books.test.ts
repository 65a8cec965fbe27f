import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BookObservation } from '../../../../shared/events/observation.ts';
import { type Book, newBook } from '../../../../shared/store/books.ts';
import { dueShard } from '../../../../shared/store/keys.ts';
import { document, GRACE, observation, observed, second, WRITER } from '../../store/testing/observations.ts';

const CLASSIFY_ONLY = 'INSTANT_CLASSIFY_ONLY';
const at = (n: number) => Date.parse(second(n));
const see = (n: number, status: string, ...documents: ReturnType<typeof document>[]) =>
  observation('b', n, status, documents);
/** The book after some observations. */
const bookAfter = (...seen: [BookObservation, ...BookObservation[]]): Book =>
  seen.slice(1).reduce((book, one) => observed(book, one), observed(undefined, seen[0]));

test('the first observation makes the book, which is looked at after the time that webhooks may take', () => {
  const documents = [document('VERIFYING'), document('VERIFYING'), document('REJECTED')];
  const seen = {
    ...see(1, 'VERIFYING', ...documents),
    bookPk: '9007199254740993',
    name: 'n',
    bookClass: 'INSTANT',
  };
  expect(observed(undefined, seen, { now: at(2) })).toMatchObject({
    bookUuid: 'b',
    bookPk: '9007199254740993',
    name: 'n',
    bookClass: 'INSTANT',
    account: 'default',
    source: 'webhook',
    status: 'VERIFYING',
    generation: 1,
    observedAt: second(1),
    changedAt: second(1),
    createdAt: second(2),
    updatedAt: second(2),
    documents: { VERIFYING: 2, REJECTED: 1 },
    hasResults: false,
    complete: false,
    open: [],
    dueAt: second(2 + GRACE),
    dueShard: dueShard('b'),
    entries: {},
  });
});

test.each([
  ['an earlier status', 'VERIFIED', 'VERIFYING', 1],
  ['a later status, asked for earlier', 'VERIFYING', 'VERIFIED', 1],
  ['one of the same time', 'VERIFYING', 'PROCESSING', 2],
])('an observation that is not newer changes nothing: %s (%s, then %s)', (_what, newer, older, n) => {
  const book = bookAfter(see(2, newer));
  expect(observed(book, see(n, older))).toBe(book);
});

test('what a later observation omits is kept, and another name replaces one', () => {
  const book = bookAfter(
    { ...see(1, 'VERIFYING'), bookPk: '77', name: 'n', bookClass: 'COMPLETE' },
    see(2, 'VERIFIED'),
  );
  expect(book).toMatchObject({ bookPk: '77', name: 'n', bookClass: 'COMPLETE' });
  expect(observed(book, { ...see(3, 'VERIFIED'), name: 'm' })).toMatchObject({
    name: 'm',
    generation: 1,
    endedAt: second(2),
    changedAt: second(2),
  });
});

test('the account that was shown the book owns it', () => {
  const named = newBook('b', { bookUuid: 'b' }, { ...WRITER, account: 'wrong', now: at(5) });
  const book = observed(named, see(6, 'VERIFIED'), { account: 'right', source: 'poll' });
  expect(book).toMatchObject({ account: 'right', source: 'poll', createdAt: second(5) });
});

test('a success ends the time of refusals, although the book looks as before', () => {
  const refused = { code: '1401', since: second(2), count: 3 };
  const shown = observed({ ...bookAfter(see(1, 'VERIFIED')), refused }, see(9, 'VERIFIED'));
  expect(shown.refused).toBeUndefined();
  expect(shown).toMatchObject({ generation: 1, endedAt: second(1), observedAt: second(9) });
});

test('the time since when it is finished is kept, until it is not finished', () => {
  const [a, b] = [document('VERIFICATION_COMPLETE'), document('VERIFICATION_COMPLETE')];
  const looks: [BookObservation, string | undefined][] = [
    [see(1, 'VERIFYING', a), undefined],
    [see(2, 'VERIFIED', a), second(2)],
    [see(3, 'VERIFIED', a), second(2)],
    [see(4, 'VERIFIED', a, b), second(4)],
    [see(5, 'VERIFYING', a, b), undefined],
    [see(6, 'VERIFIED', a, b), second(6)],
  ];
  let book: Book | undefined;
  for (const [seen, endedAt] of looks) {
    book = observed(book, seen);
    expect(book.endedAt).toBe(endedAt);
  }
});

test('another class decides whether capture has ended, although nothing else has changed', () => {
  const shown = (n: number, bookClass: string) => ({
    ...see(n, 'VERIFYING', document('CLASSIFIED', 'd')),
    bookClass,
  });
  const classified = bookAfter(see(1, 'VERIFYING', document('CLASSIFIED', 'd')), shown(2, CLASSIFY_ONLY));
  expect(classified).toMatchObject({ bookClass: CLASSIFY_ONLY, endedAt: second(2) });
  expect(observed(classified, shown(3, 'INSTANT')).endedAt).toBeUndefined();
});

test('a change makes the book due after the time that webhooks may take, and never later than it was', () => {
  const book = { ...bookAfter(see(1, 'VERIFYING')), dueAt: second(100) };
  const change = (known: Book) => observed(known, see(2, 'VERIFIED'), { now: at(50) }).dueAt;
  expect(change(book)).toBe(second(100));
  expect(change({ ...book, dueAt: second(100_000) })).toBe(second(50 + GRACE));
  expect(change({ ...book, dueAt: undefined })).toBe(second(50 + GRACE));
});

describe('DELETED', () => {
  test('is final, whatever is seen later', () => {
    const book = bookAfter(see(1, 'VERIFIED'), see(2, 'DELETED'), see(3, 'VERIFYING'), see(4, 'VERIFIED'));
    expect(book).toMatchObject({ status: 'DELETED', observedAt: second(2), generation: 1 });
  });

  test('leaves nothing complete or open, and what there was of the book', () => {
    const capture = { state: 'complete', at: second(1) };
    const verified: Book = { ...bookAfter(see(1, 'VERIFIED')), complete: true, open: ['income'], capture };
    const deleted = observed(verified, see(2, 'DELETED'));
    expect([deleted.complete, deleted.open]).toEqual([undefined, undefined]);
    expect(deleted).toMatchObject({ generation: 1, capture });
  });
});

test('observations in any order and number leave the book as they do in order', () => {
  /** Few of them, so that a book often has the same state as before. */
  const one = fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('VERIFYING', 'VERIFICATION_COMPLETE'))
    .map(([docUuid, status]) => document(status, docUuid));
  const look = fc.tuple(fc.constantFrom('VERIFYING', 'VERIFIED'), fc.uniqueArray(one, { maxLength: 1 }));
  const looks = fc
    .tuple(fc.array(look, { minLength: 1, maxLength: 6 }), fc.boolean())
    .map(([active, isDeleted]) => [...active, ...(isDeleted ? [['DELETED', []] as const] : [])])
    .map((all) => all.map(([status, documents], n) => see(n + 1, status, ...documents)));
  const anyhow = looks.chain((serial) =>
    fc.tuple(
      fc.constant(serial),
      fc.shuffledSubarray([...serial, ...serial], { minLength: serial.length * 2 }),
    ),
  );
  const end = (seen: readonly BookObservation[]) => {
    let book: Book | undefined;
    for (const observation of seen) book = observed(book, observation);
    const { status, documents, digest, observedAt, endedAt } = book ?? {};
    return { status, documents, digest, observedAt, isEnded: endedAt !== undefined };
  };
  fc.assert(
    fc.property(anyhow, ([serial, shuffled]) => {
      expect(end(shuffled)).toEqual(end(serial));
    }),
    { numRuns: 1000 },
  );
});
