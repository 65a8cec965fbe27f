import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { ResultKind } from '../../../../shared/events/catalog.ts';
import { MAX_INLINE_BYTES } from '../../../../shared/store/bodies/result-bodies.ts';
import { writeLedger } from '../../../../shared/store/ledger.ts';
import { pageSubject } from '../../../../shared/store/page-sets.ts';
import { UnknownBookError } from '../../../../shared/store/reader.ts';
import type { ResultWrite } from '../../../../shared/store/results.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { observation, second, writeAll } from '../testing/observations.ts';
import { useResults } from '../testing/results.ts';

const given = useResults();
const { bookId } = given;
const writeBody = (body: Buffer | string, more: Partial<ResultWrite> = {}) =>
  given.write(body, 1, { kind: 'forms', summary: { forms: 2 }, ...more });

test('an id is accepted in any spelling that Ocrolus uses', async () => {
  await writeAll(given.table, [observation(bookId, 1, 'VERIFIED')]);
  await writeBody('{"a":1}');
  const spelling = bookId.replaceAll('-', '').toUpperCase();
  expect(await given.reader.book(spelling)).toMatchObject({ bookUuid: bookId });
  expect(String(await given.reader.resultBody(spelling, 'forms', spelling))).toBe('{"a":1}');
});

test('an unknown book has nothing, and what it lacks is not known', async () => {
  expect(await given.reader.book(bookId)).toBeUndefined();
  expect(await given.reader.documents(bookId)).toEqual([]);
  expect(await given.reader.results(bookId)).toEqual([]);
  expect(await given.reader.events(bookId)).toEqual([]);
  await expect(given.reader.missing(bookId)).rejects.toThrow(UnknownBookError);
  expect(await given.reader.resultBody(bookId, 'forms')).toBeUndefined();
});

test('results are described without their bodies', async () => {
  await writeBody('{"a":1}');
  await writeBody(randomBytes(MAX_INLINE_BYTES * 2), { kind: 'analytics' });
  const results = await given.reader.results(bookId);
  expect(results).toMatchObject([
    { kind: 'analytics', subject: bookId, s3: { bucket: given.bodies.bucket } },
    { kind: 'forms', subject: bookId, bytes: 7, summary: { forms: 2 } },
  ]);
  for (const result of results) expect(result).not.toHaveProperty('body');
});

describe('a body', () => {
  const read = async (kind: ResultKind) => {
    const stream = await given.reader.resultStream(bookId, kind);
    return stream === undefined ? undefined : buffer(stream);
  };

  test('is read byte for byte, also as a stream, whether it is in the item or in the bucket', async () => {
    const small = Buffer.from('{ "pk": 18446744073709551615 }\n');
    const large = randomBytes(MAX_INLINE_BYTES * 20);
    await writeBody(small);
    await writeBody(large, { kind: 'analytics' });
    for (const [kind, body] of [
      ['forms', small],
      ['analytics', large],
      ['income', undefined],
    ] as const) {
      expect(await given.reader.resultBody(bookId, kind, bookId)).toEqual(body);
      expect(await read(kind)).toEqual(body);
    }
  });

  test('fails, as a stream, at its end where it is not the body that was stored', async () => {
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
  expect(String(await given.reader.resultBody(bookId, 'forms'))).toBe('"of a document"');
  await writeBody('"of the book"');
  expect(String(await given.reader.resultBody(bookId, 'forms'))).toBe('"of the book"');
});

test('without a subject, a page of an incomplete set is not a result', async () => {
  const kind = 'enriched-transactions';
  const subject = pageSubject(bookId, 'unfinished', 500);
  await writeBody('"rows 500 to 999"', { kind, subject, set: { id: 'unfinished', offset: 500 } });
  expect(await given.reader.resultBody(bookId, kind)).toBeUndefined();
  expect(await given.reader.resultStream(bookId, kind)).toBeUndefined();
});

test('a subject is matched as a whole', async () => {
  await writeBody('"page"', { kind: 'transactions', subject: `${bookId}@50` });
  expect(await given.reader.resultBody(bookId, 'transactions', bookId)).toBeUndefined();
  expect(String(await given.reader.resultBody(bookId, 'transactions', `${bookId}@50`))).toBe('"page"');
});

test('deliveries are read oldest first, bytes that are no text included', async () => {
  for (const [deliveryId, n] of [
    ['late', 9],
    ['early', 2],
  ] as const) {
    await writeLedger(given.table, {
      bookId,
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
  const events = await given.reader.events(bookId);
  expect(events.map(({ deliveryId }) => deliveryId)).toEqual(['early', 'late']);
  expect(events[0]?.payload).toEqual(Uint8Array.from([0xff]));
});
