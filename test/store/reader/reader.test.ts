import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { MAX_INLINE_BYTES } from '../../../shared/store/bodies/result-bodies.ts';
import { updateBook } from '../../../shared/store/books.ts';
import { writeLedger } from '../../../shared/store/ledger.ts';
import { pageSubject } from '../../../shared/store/page-sets.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { document, observation, second, writeAll } from '../testing/observations.ts';
import { useReader } from '../testing/reader.ts';

const given = useReader();
const { writeDocument, writeBody } = given;

test('a book is read as it was observed, with a pk that no number can hold', async () => {
  await writeAll(given.table, [
    { ...observation(given.bookUuid, 1, 'VERIFIED'), bookPk: '18446744073709551615' },
  ]);
  await updateBook(
    given.table,
    given.bookUuid,
    (book) => book && { ...book, capture: { state: 'complete', at: second(2) }, complete: true, open: [] },
  );
  expect(await given.reader.book(given.bookUuid)).toMatchObject({
    bookUuid: given.bookUuid,
    bookPk: '18446744073709551615',
    status: 'VERIFIED',
    observedAt: second(1),
    capture: { state: 'complete', at: second(2) },
    complete: true,
    open: [],
  });
});

test('an id is accepted in any spelling that Ocrolus uses', async () => {
  await writeAll(given.table, [observation(given.bookUuid, 1, 'VERIFIED')]);
  await writeBody('{"a":1}');
  const spelling = given.bookUuid.replaceAll('-', '').toUpperCase();
  expect(await given.reader.book(spelling)).toMatchObject({ bookUuid: given.bookUuid });
  expect(String(await given.reader.resultBody(spelling, 'forms', spelling))).toBe('{"a":1}');
});

test('an unknown book has nothing', async () => {
  expect(await given.reader.book(given.bookUuid)).toBeUndefined();
  expect(await given.reader.documents(given.bookUuid)).toEqual([]);
  expect(await given.reader.results(given.bookUuid)).toEqual([]);
  expect(await given.reader.events(given.bookUuid)).toEqual([]);
  expect(await given.reader.missing(given.bookUuid)).toEqual([]);
  expect(await given.reader.resultBody(given.bookUuid, 'forms')).toBeUndefined();
});

test('every document of the book is read', async () => {
  const documents = [document('VERIFICATION_COMPLETE'), document('REJECTED')];
  for (const one of documents) await writeDocument(one);
  const read = await given.reader.documents(given.bookUuid);
  expect(read.map(({ docUuid, status }) => ({ docUuid, status }))).toEqual(expect.arrayContaining(documents));
});

test('results are described without their bodies', async () => {
  await writeBody('{"a":1}');
  await writeBody(randomBytes(MAX_INLINE_BYTES * 2), { kind: 'analytics' });
  const results = await given.reader.results(given.bookUuid);
  expect(results).toMatchObject([
    { kind: 'analytics', subject: given.bookUuid, s3: { bucket: given.bodies.bucket } },
    { kind: 'forms', subject: given.bookUuid, bytes: 7, summary: { forms: 2 } },
  ]);
  for (const result of results) expect(result).not.toHaveProperty('body');
});

test('a body is read byte for byte, whether it is in the item or in the bucket', async () => {
  const small = Buffer.from('{ "pk": 18446744073709551615 }\n');
  const large = randomBytes(MAX_INLINE_BYTES * 2);
  await writeBody(small);
  await writeBody(large, { kind: 'analytics' });
  expect(await given.reader.resultBody(given.bookUuid, 'forms', given.bookUuid)).toEqual(small);
  expect(await given.reader.resultBody(given.bookUuid, 'analytics', given.bookUuid)).toEqual(large);
});

describe('a body as a stream', () => {
  const read = async (kind: ResultKind) => {
    const stream = await given.reader.resultStream(given.bookUuid, kind);
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
    const [one = '', other = ''] = [...given.bodies.objects.keys()];
    given.bodies.objects.set(one, given.bodies.objects.get(other) ?? Buffer.alloc(0));
    await expect(read('forms')).rejects.toMatchObject({ class: 'broken', code: 'body-differs' });
    given.bodies.objects.set(other, (given.bodies.objects.get(other) ?? Buffer.alloc(0)).subarray(0, -20));
    await expect(read('analytics')).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
    given.bodies.objects.clear();
    await expect(read('forms')).rejects.toThrow('no object');
  });
});

test('without a subject, the result of the book itself is read, else the first one', async () => {
  await writeBody('"of a document"', { subject: '0-before-every-uuid' });
  expect(String(await given.reader.resultBody(given.bookUuid, 'forms'))).toBe('"of a document"');
  await writeBody('"of the book"');
  expect(String(await given.reader.resultBody(given.bookUuid, 'forms'))).toBe('"of the book"');
});

test('without a subject, a page of an incomplete set is not a result', async () => {
  const kind = 'enriched-transactions';
  const subject = pageSubject(given.bookUuid, 'unfinished', 500);
  await writeBody('"rows 500 to 999"', { kind, subject, set: { id: 'unfinished', offset: 500 } });
  expect(await given.reader.resultBody(given.bookUuid, kind)).toBeUndefined();
  expect(await given.reader.resultStream(given.bookUuid, kind)).toBeUndefined();
});

test('a subject is matched as a whole', async () => {
  await writeBody('"page"', { kind: 'transactions', subject: `${given.bookUuid}@50` });
  expect(await given.reader.resultBody(given.bookUuid, 'transactions', given.bookUuid)).toBeUndefined();
  expect(String(await given.reader.resultBody(given.bookUuid, 'transactions', `${given.bookUuid}@50`))).toBe(
    '"page"',
  );
});

test('deliveries are read oldest first, bytes that are no text included', async () => {
  for (const [deliveryId, n] of [
    ['late', 9],
    ['early', 2],
  ] as const) {
    await writeLedger(given.table, {
      bookId: given.bookUuid,
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
  const events = await given.reader.events(given.bookUuid);
  expect(events.map(({ deliveryId }) => deliveryId)).toEqual(['early', 'late']);
  expect(events[0]?.payload).toEqual(Uint8Array.from([0xff]));
});
