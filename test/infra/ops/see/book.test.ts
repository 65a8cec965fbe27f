import { expect, it } from 'vitest';
import type { BookItem, DocumentItem, EventItem } from '../../../../shared/store/items.ts';
import {
  type MissingResult,
  type ResultDescription,
  UnknownBookError,
} from '../../../../shared/store/reader.ts';
import { fakeReader, fakeTarget, ops } from '../fake-target.ts';

const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
const at = '2026-02-01T00:29:00.000Z';

const book: BookItem = {
  ...{ bookId: BOOK, item: 'BOOK', account: 'default', status: 'VERIFIED', generation: 2, source: 'webhook' },
  ...{ updatedAt: at, createdAt: at, complete: false, open: ['summary'] },
};
const document: DocumentItem = {
  ...{ bookId: BOOK, item: 'DOC#d', docUuid: 'd', observedAt: at, generation: 2, revision: 1 },
  ...{ status: 'REJECTED', rejectionReason: 'DOCUMENT IS UNREADABLE' },
};
const result: ResultDescription = {
  ...{ bookId: BOOK, item: 'RESULT#forms#d', kind: 'forms', subject: 'd', operation: 'doc-form-data' },
  ...{ fetchedAt: at, generation: 2, bytes: 2293, sha256: 'f00', encoding: 'gzip', summary: {} },
  s3: { bucket: 'b', key: 'k' },
};
const missing: MissingResult = {
  ...{ kind: 'summary', subject: BOOK, state: 'wanted', since: at, attempts: 3, code: 'http-403' },
  nextAt: '2026-02-01T01:00:00.000Z',
  heldBy: null,
};
const event: EventItem = {
  ...{ bookId: BOOK, item: `EVENT#${at}#e`, deliveryId: 'e', eventName: 'BOOK_VERIFIED', account: 'default' },
  ...{ channel: 'book-verified', source: 'webhook', receivedAt: at, processedAt: at, outcome: 'applied' },
  ...{ attempts: 1, expiresAt: 1 },
};

const show = (parts: Parameters<typeof fakeReader>[0]) =>
  ops(fakeTarget({ reader: fakeReader(parts) }), `book ${BOOK}`);

it('is one document for programs, and tables for people', async () => {
  const shown = await show({
    book: async () => book,
    documents: async () => [document],
    results: async () => [result],
    missing: async () => [missing],
    events: async () => [event],
  });
  expect(shown.document).toEqual({
    book,
    documents: [document],
    results: [result],
    missing: [missing],
    events: [event],
  });
  expect(shown.text.split('\n')).toEqual([
    `book ${BOOK}: VERIFIED, generation 2`,
    'not complete, open: summary',
    '',
    'DOCUMENT  STATUS    DETECT  REASON',
    'd         REJECTED  -       DOCUMENT IS UNREADABLE',
    '',
    'RESULT  SUBJECT  BYTES  FETCHED                   IN',
    'forms   d        2293   2026-02-01T00:29:00.000Z  s3',
    '',
    'MISSING  SUBJECT                               STATE   SINCE                     ATTEMPTS  NEXT                      CODE',
    `summary  ${BOOK}  wanted  ${at}  3         2026-02-01T01:00:00.000Z  http-403`,
    '',
    'RECEIVED                  EVENT          SOURCE   OUTCOME  REASON',
    '2026-02-01T00:29:00.000Z  BOOK_VERIFIED  webhook  applied',
  ]);
});

it('that Ocrolus does not show says since when, and why its results are missing', async () => {
  const { text } = await show({
    book: async () => ({ ...book, refused: { code: '1401', since: at, count: 3 } }),
    missing: async () => [
      { ...missing, code: '1401', heldBy: 'book-status' },
      { ...missing, code: '1203', heldBy: 'circuit' },
    ],
  });
  expect(text).toContain(`\nOcrolus does not show it since ${at}: 1401, 3 refusals\n`);
  expect(text).toContain('  1401: Ocrolus does not show the book\n');
  expect(text).toContain('  1203: refused for every book\n');
});

const unknown = 'nothing is known to be missing';

it.each<[Partial<BookItem>, string, string]>([
  [{ complete: true, completeAt: at, open: [] }, `complete since ${at}`, 'nothing is missing'],
  [{ complete: false, open: ['forms', 'signals'] }, 'not complete, open: forms, signals', unknown],
  [{ complete: false, open: [] }, 'not complete', unknown],
  [{ status: 'DELETED', complete: undefined, open: undefined }, 'completeness unknown', unknown],
  [{ status: 'FORGOTTEN', forgottenAt: at, complete: undefined }, `forgotten since ${at}`, unknown],
])('of %j says whether it is complete, and what there is none of', async (more, complete, nothing) => {
  const { text } = await show({ book: async () => ({ ...book, ...more }) });
  const [, ...lines] = text.split('\n').filter(Boolean);
  expect(lines).toEqual([complete, 'no documents', 'no results', nothing, 'no deliveries']);
});

it('of which only a delivery is known has null for a book', async () => {
  const missing = () => Promise.reject(new UnknownBookError(BOOK));
  const { document } = await show({ events: async () => [event], missing });
  expect(document).toMatchObject({ book: null, missing: [] });
});

it('of which nothing is stored is a failure', async () => {
  await expect(show({})).rejects.toThrow(`nothing is stored of book ${BOOK}`);
});
