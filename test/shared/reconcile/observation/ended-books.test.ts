import { describe, expect, test } from 'vitest';
import { DEFAULT_RESULTS } from '../../../../shared/checklist/kinds.ts';
import type { BookObservation } from '../../../../shared/events/observation.ts';
import { observeBook } from '../../../../shared/reconcile/observation/apply.ts';
import type { Book } from '../../../../shared/store/books.ts';
import {
  document,
  GRACE,
  observation,
  observed,
  second,
  TIMES,
  WRITER,
} from '../../store/testing/observations.ts';

/*
 * When capture of a book ends, and when an ended book is shown otherwise, each of its results may be new: that is
 * marked in the write of the observation itself.
 */

const statement = document('VERIFICATION_COMPLETE', 'a');
const another = document('VERIFICATION_COMPLETE', 'b');
const see = (n: number, status: string, ...documents: ReturnType<typeof document>[]) =>
  observation('b', n, status, documents);
const now = (n: number) => Date.parse(second(n));
const look = (book: Book | undefined, seen: BookObservation, n: number, policy = DEFAULT_RESULTS) =>
  observeBook(book, { observation: seen, writer: { ...WRITER, now: now(n) }, policy, times: TIMES });

describe('the end of capture', () => {
  const ended = look(undefined, see(1, 'VERIFIED', statement), 10);
  const marked = { wanted: now(10), answered: 0, tried: now(10), tries: 0, nextAt: second(10 + GRACE) };

  test('marks what the policy wants, which is not asked for before events had time to announce it', () => {
    const always = Object.entries(ended.entries).filter(([, { wanted }]) => wanted > 0);
    expect(Object.fromEntries(always)).toEqual({
      paystubs: marked,
      summary: marked,
      'cash-flow': marked,
      'enriched-transactions': marked,
      signals: marked,
    });
  });

  test('probes for announced results a day later: the announcement may be lost', () => {
    const nextAt = second(10 + 86_400);
    expect(ended.entries.income).toEqual({ wanted: 0, answered: 0, nextAt });
    expect(ended.entries['risk-score']).toBeUndefined();
  });

  test('keeps an announcement that nothing has asked for yet due at once', () => {
    const announced = {
      ...observed(undefined, see(0, 'VERIFYING', statement)),
      entries: { income: { wanted: 7, answered: 0 } },
    };
    expect(look(announced, see(1, 'VERIFIED', statement), 10).entries.income).toEqual({
      wanted: now(10),
      answered: 0,
    });
  });

  test('marks nothing where the policy is `never`, and no analytics where no document has results', () => {
    const never = look(undefined, see(1, 'VERIFIED', statement), 10, {
      ...DEFAULT_RESULTS,
      summary: 'never',
    });
    expect(never.entries).not.toHaveProperty('summary');
    const rejected = look(undefined, see(1, 'VERIFIED', document('REJECTED')), 10);
    expect(Object.values(rejected.entries).filter(({ wanted }) => wanted > 0)).toEqual([]);
  });

  test('marks the classification, and that alone, where Ocrolus only classifies', () => {
    const seen = { ...see(1, 'VERIFYING', document('CLASSIFIED')), bookClass: 'INSTANT_CLASSIFY_ONLY' };
    const { entries } = look(undefined, seen, 10);
    expect(Object.entries(entries).flatMap(([kind, { wanted }]) => (wanted > 0 ? [kind] : []))).toEqual([
      'classification',
    ]);
  });
});

describe('an ended book', () => {
  const income = { wanted: 5, answered: 5, state: 'stored', at: second(2) };
  const available = { state: 'available', at: second(2) };
  const progress = {
    capture: available,
    analytics: available,
    detect: available,
    income: available,
    completed: available,
  };
  const finished: Book = {
    ...observed(undefined, see(1, 'VERIFIED', statement)),
    ...progress,
    entries: { income },
    complete: true,
    completeAt: second(3),
    open: [],
  };

  test.each([
    ['active again', see(10, 'VERIFYING', statement)],
    ['verified with another document', see(10, 'VERIFIED', statement, another)],
    ['verified with a document less', see(10, 'VERIFIED')],
    ['with a document that ended differently', see(10, 'VERIFIED', { ...statement, status: 'REJECTED' })],
  ])('that is seen %s starts a generation with nothing available', (_what, seen) => {
    const book = look({ ...finished, dueAt: undefined, dueShard: undefined }, seen, 10);
    expect(book).toMatchObject({
      generation: 2,
      status: seen.status,
      observedAt: second(10),
      changedAt: second(10),
      complete: false,
      dueAt: second(10 + GRACE),
      // The stored answer is remembered, and stays readable.
      entries: { income: { answered: 5, state: 'stored', at: second(2) } },
    });
    for (const part of [...Object.keys(progress), 'completeAt']) expect(book).toHaveProperty(part, undefined);
  });

  test('that ends otherwise has what was stored marked, whatever the policy for the first time', () => {
    const book = look(finished, see(10, 'VERIFIED', statement, another), 10);
    expect(book.entries.income).toEqual({
      ...income,
      wanted: now(10),
      tried: now(10),
      tries: 0,
      nextAt: second(10 + GRACE),
    });
  });

  test('that still looks the same keeps what is available', () => {
    expect(look(finished, see(10, 'VERIFIED', statement), 10)).toEqual({
      ...finished,
      observedAt: second(10),
    });
  });

  test('that is reopened twice counts each reopening once', () => {
    let book: Book = finished;
    const looks = [
      see(2, 'VERIFYING', statement, another),
      see(3, 'VERIFYING', statement, another),
      see(4, 'VERIFIED', statement, another),
      see(5, 'VERIFYING', statement, another),
    ];
    for (const seen of looks) book = observed(book, seen);
    expect(book.generation).toBe(3);
  });
});
