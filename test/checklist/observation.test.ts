import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLASSIFY_ONLY } from '../../shared/checklist/kinds.ts';
import {
  digestOf,
  isCapturable,
  isCaptureEnded,
  startsNewVersion,
  versionOf,
} from '../../shared/checklist/observation.ts';
import { document, observation } from '../store/testing/observations.ts';

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
  fc
    .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(...STATUSES))
    .map(([uuid, status]) => document(status, uuid)),
  { selector: ({ docUuid }) => docUuid },
);
const anyObservation = fc
  .tuple(fc.constantFrom('VERIFYING', 'VERIFIED', 'DELETED'), anyDocuments)
  .map(([status, documents]) => observation('b', 1, status, documents));

describe('the digest', () => {
  it('is the same in whatever order the documents are listed, and whenever', () => {
    fc.assert(
      fc.property(
        anyObservation.chain((seen) =>
          fc.tuple(
            fc.constant(seen),
            fc.shuffledSubarray(seen.documents, { minLength: seen.documents.length }),
          ),
        ),
        ([seen, documents]) => {
          const other = { ...seen, documents, observedAt: '2027-01-01T00:00:00.000Z', name: 'another' };
          expect(digestOf(other)).toBe(digestOf(seen));
        },
      ),
    );
  });

  it('differs if the status, the documents or one of their statuses differ', () => {
    const key = ({ status, documents }: ReturnType<typeof observation>) =>
      [status, ...documents.map((one) => `${one.docUuid}=${one.status}`).sort()].join();
    fc.assert(
      fc.property(anyObservation, anyObservation, (one, other) => {
        expect(digestOf(one) === digestOf(other)).toBe(key(one) === key(other));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('capture has ended', () => {
  const seen = (status: string, documents: readonly string[], bookClass?: string) => ({
    ...observation(
      'b',
      1,
      status,
      documents.map((one) => document(one)),
    ),
    ...(bookClass !== undefined && { bookClass }),
  });

  it.each([
    ['VERIFIED', ['REJECTED'], 'COMPLETE', true],
    ['VERIFIED', [], undefined, true],
    ['VERIFIED', ['VERIFYING'], undefined, true],
    ['VERIFYING', ['VERIFICATION_COMPLETE'], 'COMPLETE', false],
    ['VERIFYING', ['CLASSIFIED'], 'INSTANT', false],
    ['VERIFYING', ['CLASSIFIED', 'REJECTED'], CLASSIFY_ONLY, true],
    ['CREATED', ['CLASSIFIED'], CLASSIFY_ONLY, true],
    ['VERIFYING', ['CLASSIFIED', 'PROCESSING'], CLASSIFY_ONLY, false],
    ['UPLOAD', [], CLASSIFY_ONLY, false],
    ['DELETED', ['CLASSIFIED'], CLASSIFY_ONLY, false],
    ['DELETED', ['VERIFICATION_COMPLETE'], undefined, false],
  ])('%s with %j in class %s: %s', (status, documents, bookClass, isEnded) => {
    expect(isCaptureEnded(seen(status, documents, bookClass))).toBe(isEnded);
  });
});

it.each(STATUSES)('a document in status %s', (status) => {
  const hasResults = status === 'VERIFICATION_COMPLETE' || status === 'COMPLETED';
  expect(isCapturable({ status })).toBe(hasResults);
  expect(isCapturable({ status, mixed: true })).toBe(false);
  for (const after of STATUSES) {
    expect(startsNewVersion(status, after), `then ${after}`).toBe(ENDED.includes(status) && status !== after);
  }
});

describe('the version of a document', () => {
  const known = (status: string, version = 3) => ({ status, version });

  it.each([
    [undefined, 'VERIFYING', 1],
    [known('VERIFYING'), 'VERIFICATION_COMPLETE', 3],
    [known('VERIFICATION_COMPLETE'), 'VERIFICATION_COMPLETE', 3],
    [known('VERIFICATION_COMPLETE'), 'VERIFYING', 4],
    [known('VERIFICATION_COMPLETE'), 'REJECTED', 4],
    [known('REJECTED'), 'VERIFICATION_COMPLETE', 4],
    [known('UNLISTED'), 'VERIFICATION_COMPLETE', 4],
  ])('%j, then %s: %i', (before, status, version) => {
    expect(versionOf(before, { status })).toBe(version);
  });
});
