import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  digestOf,
  goneFrom,
  isCaptured,
  isCaptureEnded,
  isDone,
  isInOtherState,
  isListed,
} from '../../../shared/checklist/observation.ts';
import type { BookObservation } from '../../../shared/events/observation.ts';
import { document, observation, second } from '../store/testing/observations.ts';

const CLASSIFY = 'INSTANT_CLASSIFY_ONLY';
const ISO = 'INSTANT_CLASSIFY_ISO_CAPTURE';

const STATUSES = [
  'QUEUED',
  'PROCESSING',
  'CLASSIFIED',
  'VERIFYING',
  'VERIFICATION_COMPLETE',
  'COMPLETED',
  'REJECTED',
  'FAILED',
  'DELETING',
  'DELETED',
  'UNLISTED',
];
const ENDED = ['VERIFICATION_COMPLETE', 'COMPLETED', 'REJECTED', 'FAILED', 'DELETING', 'DELETED', 'UNLISTED'];

const anyDocuments = fc.uniqueArray(
  fc.record({
    docUuid: fc.constantFrom('a', 'b', 'c', 'd'),
    status: fc.constantFrom(...STATUSES),
    mixed: fc.constantFrom(undefined, true),
    documentClass: fc.constantFrom(undefined, 'INSTANT'),
  }),
  { selector: ({ docUuid }) => docUuid },
);
const anyObservation = fc.record({
  bookUuid: fc.constant('b'),
  observedAt: fc.constant(second(1)),
  bookClass: fc.constantFrom(undefined, 'COMPLETE', CLASSIFY),
  status: fc.constantFrom('VERIFYING', 'VERIFIED', 'DELETED'),
  documents: anyDocuments,
  isPartial: fc.constantFrom(undefined, true),
});

describe('the digest', () => {
  it('is the same in whatever order the documents are listed, and whenever', () => {
    fc.assert(
      fc.property(anyObservation, (seen) => {
        const documents = seen.documents.toReversed();
        const other = { ...seen, documents, observedAt: second(9), name: 'another' };
        expect(digestOf(other)).toBe(digestOf(seen));
      }),
    );
  });

  it('differs if anything differs that decides what the book should have', () => {
    const key = ({ status, bookClass, isPartial, documents }: BookObservation) =>
      [status, bookClass, isPartial, ...documents.map((one) => Object.values(one).join()).sort()].join();
    fc.assert(
      fc.property(anyObservation, anyObservation, (one, other) => {
        expect(digestOf(one) === digestOf(other)).toBe(key(one) === key(other));
      }),
      { numRuns: 2000 },
    );
    expect(digestOf(observation('b', 1, 'VERIFIED'))).toHaveLength(16);
  });
});

describe('capture has ended', () => {
  const isEndedOf = (status: string, documents: readonly string[], more: Partial<BookObservation>) =>
    isCaptureEnded({
      ...observation(
        'b',
        1,
        status,
        documents.map((one) => document(one)),
      ),
      ...more,
    });

  it.each([
    ['VERIFIED', ['REJECTED'], 'COMPLETE', true],
    ['VERIFIED', [], undefined, true],
    ['VERIFIED', ['VERIFYING'], undefined, true],
    ['VERIFYING', ['VERIFICATION_COMPLETE'], 'COMPLETE', false],
    ['VERIFYING', ['CLASSIFIED'], 'INSTANT', false],
    ['VERIFYING', ['CLASSIFIED', 'REJECTED'], CLASSIFY, true],
    ['VERIFYING', ['CLASSIFIED', 'PROCESSING'], CLASSIFY, false],
    ['VERIFIED', ['CLASSIFIED', 'GROOMING'], CLASSIFY, false],
    ['UPLOAD', [], CLASSIFY, false],
    ['VERIFYING', ['CLASSIFIED', 'VERIFICATION_COMPLETE'], ISO, true],
    ['VERIFIED', ['CLASSIFIED', 'PROCESSING'], ISO, false],
    ['VERIFYING', ['CLASSIFIED'], 'NEWER_CLASSIFY_CAPTURE', true],
    ['DELETED', ['CLASSIFIED'], CLASSIFY, false],
  ])('%s with %j in class %s: %s', (status, documents, bookClass, isEnded) => {
    expect(isEndedOf(status, documents, { bookClass })).toBe(isEnded);
  });

  it('for a book that is only classified, if all of its documents could be read', () => {
    const partly = { bookClass: CLASSIFY, isPartial: true };
    expect(isEndedOf('VERIFYING', ['CLASSIFIED'], partly)).toBe(false);
    expect(isEndedOf('VERIFIED', [], partly)).toBe(true);
  });
});

it.each(STATUSES)('a document in status %s', (status) => {
  const hasResults = status === 'VERIFICATION_COMPLETE' || status === 'COMPLETED';
  expect(isCaptured({ status })).toBe(hasResults);
  expect(isCaptured({ status, mixed: true })).toBe(false);
  expect(isDone({ status }, undefined)).toBe(ENDED.includes(status));
  for (const bookClass of [CLASSIFY, ISO]) {
    expect(isDone({ status }, bookClass)).toBe(ENDED.includes(status) || status === 'CLASSIFIED');
    expect(isDone({ status, documentClass: 'INSTANT' }, bookClass)).toBe(ENDED.includes(status));
    expect(isDone({ status, documentClass: bookClass }, 'INSTANT')).toBe(isDone({ status }, bookClass));
  }
  expect(isListed({ status })).toBe(status !== 'UNLISTED' && status !== 'DELETED');
});

test('a document is in another state if its status differs, or whether it was split', () => {
  const known = { status: 'VERIFYING' };
  expect(isInOtherState(known, known)).toBe(false);
  expect(isInOtherState(known, { status: 'VERIFYING', mixed: false })).toBe(false);
  expect(isInOtherState(known, { status: 'VERIFYING', mixed: true })).toBe(true);
  expect(isInOtherState(known, { status: 'REJECTED' })).toBe(true);
});

test('documents that are not listed any more are gone, unless part of them could not be read', () => {
  const seen = observation('b', 1, 'VERIFIED', [document('VERIFYING', 'a')]);
  const stored = [document('REJECTED', 'a'), document('REJECTED', 'b'), document('UNLISTED', 'c')];
  expect(goneFrom(seen, stored)).toEqual([stored[1]]);
  expect(goneFrom({ ...seen, isPartial: true }, stored)).toEqual([]);
});
