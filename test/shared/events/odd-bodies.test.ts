import { describe, expect, test } from 'vitest';
import { type Identified, identify } from '../../../shared/events/identify.ts';
import { identified, sampleBodies } from './testing/fixtures.ts';

const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
const book = { bookUuid: BOOK, bookPk: '48210457' };
const unrecognized = (reason: string) => ({ channel: 'unrecognized', unrecognized: reason });

/** Meaning of each file of `_odd`; see the README there. */
const EXPECTED: Readonly<Record<string, object>> = {
  'body-empty-object.json': unrecognized('no-name'),
  'body-null.json': unrecognized('not-an-object'),
  'body-string.json': unrecognized('not-an-object'),
  'duplicate-delivery-pair.json': unrecognized('no-name'),
  'empty-event-name.json': { ...unrecognized('no-name'), ids: book },
  'extra-unknown-fields.json': { eventName: 'book.completed', ids: book },
  'huge-body-2000-docs.json': { eventName: 'book.completed', ids: book },
  'legacy-uuid-without-dashes.json': { eventName: 'BOOK_VERIFIED', ids: book },
  'missing-book-ids.json': { eventName: 'book.verified', ids: {} },
  'missing-event-name.json': { ...unrecognized('no-name'), ids: { ...book } },
  'null-event-name.json': { eventName: 'BOOK_VERIFIED', ids: book },
  'out-of-order-sequence.json': unrecognized('no-name'),
  'pk-as-string.json': { eventName: 'BOOK_VERIFIED', ids: book },
  'raw-empty.txt': unrecognized('not-json'),
  'raw-not-json.txt': unrecognized('not-json'),
  'raw-truncated-json.txt': unrecognized('not-json'),
  'test-ping.json': { kind: 'ping' },
  'unicode-names.json': { eventName: 'document.detect.signal_found', ids: book },
  'unknown-future-event.json': {
    ...unrecognized('unknown-name'),
    eventName: 'book.underwriting.recommended',
    ids: book,
  },
  'unknown-status.json': { eventName: 'DOC_VERIFIED', status: 'VERIFICATION_ALMOST_COMPLETE' },
};

test('every odd sample is expected to be something', () => {
  const files = sampleBodies('_odd').map(({ file }) => file);
  expect(files.sort()).toEqual(Object.keys(EXPECTED).sort());
});

test.each(sampleBodies('_odd'))('$file', ({ file, body }) => {
  expect(identify(body)).toMatchObject(EXPECTED[file] ?? {});
});

describe('keys of prototypes are keys like any others', () => {
  test.each(['__proto__', 'constructor', 'prototype'])('%s lends nothing to the body', (key) => {
    const body = `{"${key}":{"event":"BOOK_VERIFIED","book_uuid":"${BOOK}","status":"BOOK_COMPLETE"}}`;
    expect(identified(body)).toMatchObject({ ...unrecognized('no-name'), ids: {} });
    expect(Object.hasOwn(Object.prototype, 'event')).toBe(false);
  });

  test('and does not hide what the body says itself', () => {
    expect(identified('{"__proto__":null,"event":"BOOK_VERIFIED"}')).toMatchObject({
      eventName: 'BOOK_VERIFIED',
    });
  });
});

describe('shapes that are no event', () => {
  test.each(['[]', '[{"event":"BOOK_VERIFIED"}]', '1', 'true', '"BOOK_VERIFIED"'])('%s', (body) => {
    expect(identified(body)).toMatchObject(unrecognized('not-an-object'));
  });

  // A second byte order mark is not JSON.
  const texts = ['{"event":"BOOK_VERIFIED"}x', "{'event':1}", '\u0000', '{"a":NaN}'];
  test.each([...texts, '\uFEFF\uFEFF{"event":"BOOK_VERIFIED"}'])('%j', (body) => {
    expect(identified(body)).toMatchObject(unrecognized('not-json'));
  });

  test.each([
    ['a lone continuation byte', Uint8Array.of(0x80)],
    ['UTF-16', Buffer.from('{"event":"BOOK_VERIFIED"}ä', 'utf16le')],
    ['an encoded surrogate', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
  ])('%s', (_what, bytes) => {
    expect(identify(bytes)).toMatchObject({ channel: 'unrecognized', ids: {} });
  });
});

describe('nesting', () => {
  const nested = (depth: number, inside = '') =>
    `{"event":"BOOK_VERIFIED","x":${'['.repeat(depth)}${inside}${']'.repeat(depth)}}`;

  test.each([
    [1000, ''],
    [1_000_000, ''],
    [1000, '12345678901234567890'],
  ])('of %i levels is read, around "%s"', (depth, inside) => {
    expect(identified(nested(depth, inside))).toMatchObject({ eventName: 'BOOK_VERIFIED' });
  });

  test('too deep to keep digits in is kept unread, not a crash', () => {
    const found: Identified = identified(nested(1_000_000, '12345678901234567890'));
    expect(found).toMatchObject({ kind: 'event', channel: 'unrecognized' });
  });
});
