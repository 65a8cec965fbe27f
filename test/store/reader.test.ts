import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { writeDocument } from '../../shared/store/documents.ts';
import { writeLedger } from '../../shared/store/ledger.ts';
import { createReader, type Reader } from '../../shared/store/reader.ts';
import { MAX_INLINE_BYTES } from '../../shared/store/result-bodies.ts';
import { type ResultWrite, writeResult } from '../../shared/store/results.ts';
import { writeStrand } from '../../shared/store/strands.ts';
import type { Table } from '../../shared/store/table.ts';
import { type MemoryBodies, memoryBodies } from './testing/bodies.ts';
import { document, observation, second, WRITER, writeAll } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

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

const writeBody = (
  body: Buffer | string,
  { kind, subject = bookUuid }: Partial<Pick<ResultWrite, 'kind' | 'subject'>> = {},
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
  });

test('a book is read as it was observed, with a pk that no number can hold', async () => {
  await writeAll(table, [{ ...observation(bookUuid, 1, 'VERIFIED'), bookPk: '18446744073709551615' }]);
  await writeStrand(table, bookUuid, 'capture', { state: 'complete', at: second(2) }, 1, WRITER);
  expect(await reader.book(bookUuid)).toMatchObject({
    bookUuid,
    bookPk: '18446744073709551615',
    status: 'VERIFIED',
    observedAt: second(1),
    capture: { state: 'complete', at: second(2) },
  });
});

test('an id is accepted in any spelling that Ocrolus uses', async () => {
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  await writeBody('{"a":1}');
  const spelling = bookUuid.replaceAll('-', '').toUpperCase();
  expect(await reader.book(spelling)).toMatchObject({ bookUuid });
  expect(String(await reader.resultBody(spelling, 'forms', spelling))).toBe('{"a":1}');
});

test('there is nothing of a book that nobody has heard of', async () => {
  expect(await reader.book(bookUuid)).toBeUndefined();
  expect(await reader.documents(bookUuid)).toEqual([]);
  expect(await reader.results(bookUuid)).toEqual([]);
  expect(await reader.events(bookUuid)).toEqual([]);
  expect(await reader.resultBody(bookUuid, 'forms')).toBeUndefined();
});

test('every document of the book is read', async () => {
  const documents = [document('VERIFICATION_COMPLETE'), document('REJECTED')];
  for (const one of documents) {
    const write = { bookId: bookUuid, document: one, observedAt: second(1), generation: 1 };
    await writeDocument(table, write);
  }
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

test('without a subject the result of the book itself is meant, else the first there is', async () => {
  await writeBody('"of a document"', { subject: '0-before-every-uuid' });
  expect(String(await reader.resultBody(bookUuid, 'forms'))).toBe('"of a document"');
  await writeBody('"of the book"');
  expect(String(await reader.resultBody(bookUuid, 'forms'))).toBe('"of the book"');
});

test('a subject is matched as a whole', async () => {
  await writeBody('"page"', { kind: 'transactions', subject: `${bookUuid}@50` });
  expect(await reader.resultBody(bookUuid, 'transactions', bookUuid)).toBeUndefined();
  expect(String(await reader.resultBody(bookUuid, 'transactions', `${bookUuid}@50`))).toBe('"page"');
});

test('deliveries are read oldest first, bytes that are no text included', async () => {
  const base = { version: 1, account: 'default', source: 'webhook', channel: 'unrecognized' } as const;
  for (const [deliveryId, n] of [
    ['late', 9],
    ['early', 2],
  ] as const) {
    await writeLedger(table, {
      bookId: bookUuid,
      envelope: {
        ...base,
        deliveryId,
        receivedAt: second(n),
        eventName: '(none)',
        ids: {},
        payload: { encoding: 'base64', body: Buffer.from([0xff]).toString('base64') },
      },
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
