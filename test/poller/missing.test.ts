import { expect, test } from 'vitest';
import { findMissing } from '../../functions/poller/missing.ts';
import type { BookObservation, ObservedDocument } from '../../shared/events/envelope.ts';
import type { KnownDocument } from '../../shared/store/documents.ts';
import type { DueBook } from '../../shared/store/due.ts';
import type { WaitItem } from '../../shared/store/items.ts';
import { document, observation, second } from '../store/testing/observations.ts';

const there = { state: 'available', at: second(1) };
const book = (more: Partial<DueBook> = {}): DueBook => ({
  bookId: 'b',
  item: 'BOOK',
  bookUuid: 'b',
  account: 'default',
  status: 'VERIFIED',
  generation: 1,
  createdAt: second(0),
  dueAt: second(0),
  capture: { state: 'complete', at: second(1) },
  ...more,
});
const finished = (docUuid: string) => document('VERIFICATION_COMPLETE', docUuid);
const captured = (
  { docUuid, status }: ObservedDocument,
  more: Partial<KnownDocument> = {},
): KnownDocument => ({
  docUuid,
  status,
  capturedAt: second(1),
  ...more,
});

interface Case {
  readonly stored?: DueBook;
  readonly seen: BookObservation;
  readonly known?: readonly KnownDocument[];
  readonly waits?: readonly WaitItem[];
}
/** What is sent, as `channel subject`. */
function missing({ stored = book(), seen, known = [], waits = [] }: Case): string[] {
  const byUuid = new Map(known.map((one) => [one.docUuid, one]));
  return findMissing(stored, seen, byUuid, waits, ['analytics', 'detect']).map(
    ({ channel, ids }) => `${channel} ${ids.uploadedDocUuid ?? ids.bookUuid}`,
  );
}
const all = { analytics: there, detect: there };
const verified = (...documents: ObservedDocument[]) => observation('b', 5, 'VERIFIED', documents);
const atWork = (...documents: ObservedDocument[]) => observation('b', 5, 'VERIFYING', documents);

test('of a book that is all there nothing is missing', () => {
  const d = finished('d');
  expect(missing({ stored: book(all), seen: verified(d), known: [captured(d)] })).toEqual([]);
});

test.each<[string, Case]>([
  ['is not known to be verified', { stored: book({ status: 'VERIFYING' }), seen: verified() }],
  [
    'was captured in part',
    { stored: book({ capture: { state: 'partial', at: second(1) } }), seen: verified() },
  ],
  ['has a document that nobody fetched', { seen: verified(finished('d')), known: [] }],
  [
    'has a document that moved',
    { seen: verified(document('REJECTED', 'd')), known: [captured(finished('d'))] },
  ],
])('a verified book that %s is sent as such, and nothing else yet', (_, missed) => {
  expect(missing(missed)).toEqual(['book-verified b']);
});

test('of a verified book with many documents to fetch each is sent on its own', () => {
  const documents = Array.from({ length: 21 }, (_, n) => finished(`d${n}`));
  expect(missing({ seen: verified(...documents) })).toEqual(
    documents.map(({ docUuid }) => `doc-verified ${docUuid}`),
  );
});

test('what is expected of a verified book and is not there is asked for', () => {
  expect(
    missing({ seen: verified(document('REJECTED', 'd')), known: [captured(document('REJECTED', 'd'))] }),
  ).toEqual(['book-analytics b', 'book-detect b']);
});

test('what Ocrolus refused once is not asked for again', () => {
  const refused = { state: 'refused', at: second(1), reason: '9021' };
  expect(missing({ stored: book({ analytics: refused, detect: refused }), seen: verified() })).toEqual([]);
});

test('whoever is told of each document need not be told of the book', () => {
  const d = finished('d');
  const known = [captured(d, { detect: there })];
  expect(missing({ stored: book({ analytics: there }), seen: verified(d), known })).toEqual([]);
});

test('what was fetched before the book was seen verified as it is is fetched once more', () => {
  const d = finished('d');
  const seen = verified(d);
  const stored = book({ analytics: there, detect: there, income: there, verifiedAt: second(2) });
  expect(missing({ stored, seen, known: [captured(d)] })).toEqual([
    'book-analytics b',
    'book-detect b',
    'income b',
  ]);
  expect(missing({ stored, seen, known: [captured(d, { detect: there })] })).not.toContain('book-detect b');
  expect(missing({ stored: { ...stored, verifiedAt: second(1) }, seen, known: [captured(d)] })).toEqual([]);
});

test('what a reopened book has had is asked for once more, until it has it again', () => {
  const d = finished('d');
  const known = [captured(d, { detect: there })];
  const reopened = book({ analytics: there, expected: ['detect', 'income'] });
  expect(missing({ stored: reopened, seen: verified(d), known })).toEqual(['book-detect b', 'income b']);
  const again = book({ analytics: there, detect: there, income: there, expected: ['detect', 'income'] });
  expect(missing({ stored: again, seen: verified(d), known })).toEqual([]);
});

const wait = (channel: WaitItem['channel'], ids: WaitItem['ids']): WaitItem => ({
  bookId: 'b',
  item: 'WAIT#',
  account: 'default',
  channel,
  eventName: 'x',
  ids,
  since: second(0),
  attempts: 1,
  waitUntil: second(9),
});

test('what is waited for is not sent again beside', () => {
  const rejected = document('REJECTED', 'r');
  const waiting = [wait('book-analytics', { bookUuid: 'b' })];
  const seen = verified(rejected);
  expect(missing({ seen, known: [captured(rejected)], waits: waiting })).toEqual(['book-detect b']);

  const waits = [wait('doc-verified', { bookUuid: 'b', uploadedDocUuid: 'd' })];
  expect(missing({ stored: book({ status: 'VERIFYING' }), seen: atWork(finished('d')), waits })).toEqual([]);
});

test('of a book at work the finished documents are sent one by one, rejected ones too', () => {
  const seen = atWork(finished('d1'), document('REJECTED', 'd2'), finished('d3'));
  const stored = book({ status: 'VERIFYING' });
  expect(missing({ stored, seen, known: [captured(finished('d3'))] })).toEqual([
    'doc-verified d1',
    'doc-verified d2',
  ]);
});

test('a document that is not finished makes one refresh of the book, however many there are', () => {
  const seen = atWork(document('QUEUED', 'd1'), document('QUEUED', 'd2'));
  expect(missing({ stored: book({ status: 'VERIFYING' }), seen })).toEqual(['lifecycle b']);
});

test('a book whose own status is not stored is refreshed, although no document moved', () => {
  expect(missing({ stored: book({ status: 'PROCESSING' }), seen: atWork() })).toEqual(['lifecycle b']);
  expect(missing({ stored: book(), seen: observation('b', 5, 'DELETED') })).toEqual(['lifecycle b']);
});

test('a PDF that was split is never fetched', () => {
  const mixed = { ...finished('m'), mixed: true };
  expect(
    missing({
      stored: book(all),
      seen: verified(mixed),
      known: [captured(mixed, { capturedAt: undefined })],
    }),
  ).toEqual([]);
});
