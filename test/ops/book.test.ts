import { describe, expect, it } from 'vitest';
import { bookCommand } from '../../infra/ops/commands/see/book.ts';
import type { BookItem, DocumentItem, EventItem } from '../../shared/store/items.ts';
import type { MissingResult, ResultDescription } from '../../shared/store/reader.ts';
import { fakeReader, fakeTarget, runOps } from './fake-target.ts';

const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
const at = '2026-02-01T00:29:00.000Z';

const stored: BookItem = {
  bookId: BOOK,
  item: 'BOOK',
  account: 'default',
  status: 'VERIFIED',
  generation: 2,
  updatedAt: at,
  createdAt: at,
  source: 'webhook',
  complete: false,
  open: ['summary'],
};
const document: DocumentItem = {
  bookId: BOOK,
  item: 'DOC#d',
  docUuid: 'd',
  status: 'REJECTED',
  rejectionReason: 'DOCUMENT IS UNREADABLE',
  observedAt: at,
  generation: 2,
  revision: 1,
};
const result: ResultDescription = {
  bookId: BOOK,
  item: 'RESULT#forms#d',
  kind: 'forms',
  subject: 'd',
  operation: 'doc-form-data',
  fetchedAt: at,
  generation: 2,
  bytes: 2293,
  sha256: 'f00',
  encoding: 'gzip',
  s3: { bucket: 'b', key: 'k' },
  summary: {},
};
const missing: MissingResult = {
  kind: 'summary',
  subject: BOOK,
  state: 'wanted',
  since: at,
  attempts: 3,
  nextAt: '2026-02-01T01:00:00.000Z',
  code: 'http-403',
};
const event: EventItem = {
  bookId: BOOK,
  item: `EVENT#${at}#e`,
  deliveryId: 'e',
  eventName: 'BOOK_VERIFIED',
  channel: 'book-verified',
  account: 'default',
  source: 'webhook',
  receivedAt: at,
  processedAt: at,
  outcome: 'applied',
  attempts: 1,
  expiresAt: 1,
};

describe('a book', () => {
  const target = fakeTarget({
    reader: fakeReader({
      book: async () => stored,
      documents: async () => [document],
      results: async () => [result],
      missing: async () => [missing],
      events: async () => [event],
    }),
  });

  it('is one document for programs', async () => {
    expect(await runOps(bookCommand, target, { words: [BOOK] })).toMatchObject({
      document: {
        book: stored,
        documents: [document],
        results: [result],
        missing: [missing],
        events: [event],
      },
    });
  });

  it('is tables for people', async () => {
    expect(await runOps(bookCommand, target, { words: [BOOK] })).toMatchObject({
      text: [
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
      ].join('\n'),
    });
  });
});

it.each<[Partial<BookItem>, string]>([
  [{ complete: true, completeAt: at, open: [] }, `complete since ${at}`],
  [{ complete: false, open: ['forms', 'signals'] }, 'not complete, open: forms, signals'],
  [{ complete: false, open: [] }, 'not complete'],
  [{ status: 'DELETED', complete: undefined, open: undefined }, 'completeness unknown'],
  [{ status: 'FORGOTTEN', forgottenAt: at, complete: undefined }, `forgotten since ${at}`],
])('of %j says whether it is complete', async (more, expected) => {
  const target = fakeTarget({ reader: fakeReader({ book: async () => ({ ...stored, ...more }) }) });
  const output = await runOps(bookCommand, target, { words: [BOOK] });
  expect('text' in output && output.text.split('\n')[1]).toBe(expected);
});

it('of which only a delivery is known has null for a book', async () => {
  const target = fakeTarget({ reader: fakeReader({ events: async () => [event] }) });
  expect(await runOps(bookCommand, target, { words: [BOOK] })).toMatchObject({ document: { book: null } });
});

it('of which nothing is stored is a failure', async () => {
  await expect(runOps(bookCommand, fakeTarget(), { words: [BOOK] })).rejects.toThrow(
    `nothing is stored of book ${BOOK}`,
  );
});

it('without a uuid is wrong usage', async () => {
  await expect(runOps(bookCommand, fakeTarget())).rejects.toMatchObject({ name: 'UsageError' });
});

it.each([
  [true, 'nothing is missing'],
  [false, 'nothing is known to be missing'],
])('says what there is none of, when complete is %s', async (complete, nothing) => {
  const reader = fakeReader({ book: async () => ({ ...stored, complete, open: [] }) });
  const output = await runOps(bookCommand, fakeTarget({ reader }), { words: [BOOK] });
  const lines = 'text' in output ? output.text.split('\n') : [];
  expect(lines.filter((line) => /^no(thing)? (?!complete)/.test(line))).toEqual([
    'no documents',
    'no results',
    nothing,
    'no deliveries',
  ]);
});
