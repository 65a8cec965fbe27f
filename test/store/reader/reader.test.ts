import { randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Entries } from '../../../shared/checklist/entry.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { MAX_INLINE_BYTES } from '../../../shared/store/bodies/result-bodies.ts';
import { updateBook } from '../../../shared/store/books.ts';
import { observeDocument, updateDocument } from '../../../shared/store/documents.ts';
import { writeLedger } from '../../../shared/store/ledger.ts';
import { pageSubject } from '../../../shared/store/page-sets.ts';
import { createReader, type Reader } from '../../../shared/store/reader.ts';
import { type ResultWrite, writeResult } from '../../../shared/store/results.ts';
import type { Table } from '../../../shared/store/table.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { type MemoryBodies, memoryBodies } from '../testing/bodies.ts';
import { document, observation, second, writeAll } from '../testing/observations.ts';
import { useTables } from '../testing/table.ts';

const createTable = useTables();

let table: Table;

let bodies: MemoryBodies;

let reader: Reader;

let bookUuid: string;

beforeEach(async () => {
  table = await createTable();
  bodies = memoryBodies();
  reader = createReader(table, bodies);
  bookUuid = randomUUID();
});

const writeDocument = (one: ReturnType<typeof document>, entries: Entries = {}) =>
  updateDocument(table, { bookId: bookUuid, docUuid: one.docUuid }, (known) => ({
    ...observeDocument(known, { bookId: bookUuid, document: one, observedAt: second(1), generation: 1 }),
    entries,
  }));

const writeBody = (
  body: Buffer | string,
  { kind, subject = bookUuid, set }: Partial<Pick<ResultWrite, 'kind' | 'subject' | 'set'>> = {},
) =>
  writeResult(table, bodies, {
    bookId: bookUuid,
    kind: kind ?? 'forms',
    subject,
    operation: 'doc-form-data',
    body: Buffer.from(body),
    fetchedAt: second(1),
    generation: 1,
    summary: { forms: 2 },
    ...(set !== undefined && { set }),
  });

test('a book is read as it was observed, with a pk that no number can hold', async () => {
  await writeAll(table, [{ ...observation(bookUuid, 1, 'VERIFIED'), bookPk: '18446744073709551615' }]);
  await updateBook(
    table,
    bookUuid,
    (book) => book && { ...book, capture: { state: 'complete', at: second(2) }, complete: true, open: [] },
  );
  expect(await reader.book(bookUuid)).toMatchObject({
    bookUuid,
    bookPk: '18446744073709551615',
    status: 'VERIFIED',
    observedAt: second(1),
    capture: { state: 'complete', at: second(2) },
    complete: true,
    open: [],
  });
});

test('an id is accepted in any spelling that Ocrolus uses', async () => {
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  await writeBody('{"a":1}');
  const spelling = bookUuid.replaceAll('-', '').toUpperCase();
  expect(await reader.book(spelling)).toMatchObject({ bookUuid });
  expect(String(await reader.resultBody(spelling, 'forms', spelling))).toBe('{"a":1}');
});

test('an unknown book has nothing', async () => {
  expect(await reader.book(bookUuid)).toBeUndefined();
  expect(await reader.documents(bookUuid)).toEqual([]);
  expect(await reader.results(bookUuid)).toEqual([]);
  expect(await reader.events(bookUuid)).toEqual([]);
  expect(await reader.missing(bookUuid)).toEqual([]);
  expect(await reader.resultBody(bookUuid, 'forms')).toBeUndefined();
});

test('every document of the book is read', async () => {
  const documents = [document('VERIFICATION_COMPLETE'), document('REJECTED')];
  for (const one of documents) await writeDocument(one);
  const read = await reader.documents(bookUuid);
  expect(read.map(({ docUuid, status }) => ({ docUuid, status }))).toEqual(expect.arrayContaining(documents));
});

test('results are described without their bodies', async () => {
  await writeBody('{"a":1}');
  await writeBody(randomBytes(MAX_INLINE_BYTES * 2), { kind: 'analytics' });
  const results = await reader.results(bookUuid);
  expect(results).toMatchObject([
    { kind: 'analytics', subject: bookUuid, s3: { bucket: bodies.bucket } },
    { kind: 'forms', subject: bookUuid, bytes: 7, summary: { forms: 2 } },
  ]);
  for (const result of results) expect(result).not.toHaveProperty('body');
});

test('a body is read byte for byte, whether it is in the item or in the bucket', async () => {
  const small = Buffer.from('{ "pk": 18446744073709551615 }\n');
  const large = randomBytes(MAX_INLINE_BYTES * 2);
  await writeBody(small);
  await writeBody(large, { kind: 'analytics' });
  expect(await reader.resultBody(bookUuid, 'forms', bookUuid)).toEqual(small);
  expect(await reader.resultBody(bookUuid, 'analytics', bookUuid)).toEqual(large);
});

describe('a body as a stream', () => {
  const read = async (kind: ResultKind) => {
    const stream = await reader.resultStream(bookUuid, kind);
    return stream === undefined ? undefined : buffer(stream);
  };

  test('is the same bytes, wherever it is', async () => {
    const large = randomBytes(MAX_INLINE_BYTES * 20);
    await writeBody('{ "pk": 18446744073709551615 }\n');
    await writeBody(large, { kind: 'analytics' });
    expect(String(await read('forms'))).toBe('{ "pk": 18446744073709551615 }\n');
    expect(await read('analytics')).toEqual(large);
    expect(await read('income')).toBeUndefined();
  });

  test('fails at its end where it is not the body that was stored', async () => {
    await writeBody(randomBytes(MAX_INLINE_BYTES * 2));
    await writeBody(randomBytes(MAX_INLINE_BYTES * 2), { kind: 'analytics' });
    const [one = '', other = ''] = [...bodies.objects.keys()];
    bodies.objects.set(one, bodies.objects.get(other) ?? Buffer.alloc(0));
    await expect(read('forms')).rejects.toMatchObject({ class: 'broken', code: 'body-differs' });
    bodies.objects.set(other, (bodies.objects.get(other) ?? Buffer.alloc(0)).subarray(0, -20));
    await expect(read('analytics')).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
    bodies.objects.clear();
    await expect(read('forms')).rejects.toThrow('no object');
  });
});

test('without a subject, the result of the book itself is read, else the first one', async () => {
  await writeBody('"of a document"', { subject: '0-before-every-uuid' });
  expect(String(await reader.resultBody(bookUuid, 'forms'))).toBe('"of a document"');
  await writeBody('"of the book"');
  expect(String(await reader.resultBody(bookUuid, 'forms'))).toBe('"of the book"');
});

test('without a subject, a page of an incomplete set is not a result', async () => {
  const kind = 'enriched-transactions';
  const subject = pageSubject(bookUuid, 'unfinished', 500);
  await writeBody('"rows 500 to 999"', { kind, subject, set: { id: 'unfinished', offset: 500 } });
  expect(await reader.resultBody(bookUuid, kind)).toBeUndefined();
  expect(await reader.resultStream(bookUuid, kind)).toBeUndefined();
});

test('a subject is matched as a whole', async () => {
  await writeBody('"page"', { kind: 'transactions', subject: `${bookUuid}@50` });
  expect(await reader.resultBody(bookUuid, 'transactions', bookUuid)).toBeUndefined();
  expect(String(await reader.resultBody(bookUuid, 'transactions', `${bookUuid}@50`))).toBe('"page"');
});

test('deliveries are read oldest first, bytes that are no text included', async () => {
  for (const [deliveryId, n] of [
    ['late', 9],
    ['early', 2],
  ] as const) {
    await writeLedger(table, {
      bookId: bookUuid,
      envelope: delivery(
        '(none)',
        {},
        {
          deliveryId,
          receivedAt: second(n),
          payload: { encoding: 'base64', body: Buffer.from([0xff]).toString('base64') },
        },
      ),
      outcome: 'unrecognized',
      attempts: 1,
      processedAt: second(10),
      keepDays: 1,
    });
  }
  const events = await reader.events(bookUuid);
  expect(events.map(({ deliveryId }) => deliveryId)).toEqual(['early', 'late']);
  expect(events[0]?.payload).toEqual(Uint8Array.from([0xff]));
});
