import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { bookIdOf, OWN_PARTITIONS } from '../../shared/events/ids.ts';
import { parseJsonKeepingDigits } from '../../shared/events/json.ts';
import { normalisePk, normaliseUuid, readIds } from '../../shared/events/read-ids.ts';
import { identified } from './testing/fixtures.ts';

const DASHED = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';

describe('a uuid', () => {
  test.each([
    DASHED,
    DASHED.toUpperCase(),
    DASHED.replaceAll('-', ''),
    DASHED.replaceAll('-', '').toUpperCase(),
    ` ${DASHED}\n`,
    '371ab5bcb22a-522aa19b-ae78c1bbdb9f',
  ])('%j is lower case with its dashes in place', (sent) => {
    expect(normaliseUuid(sent)).toBe(DASHED);
  });

  test.each([
    ['Not-A-Uuid', 'not-a-uuid'],
    [`${DASHED}0`, `${DASHED}0`],
    ['371ab5bc-b22a-522a-a19b-ae78c1bbdbzz', '371ab5bc-b22a-522a-a19b-ae78c1bbdbzz'],
    ['b', 'b'],
    ['7_a-', '7_a-'],
    ['x'.repeat(128), 'x'.repeat(128)],
  ])('%s is opaque: the vendor has ids that are none', (sent, kept) => {
    expect(normaliseUuid(sent)).toBe(kept);
  });

  test.each([
    '',
    '  ',
    'x'.repeat(129),
    null,
    undefined,
    5,
    {},
    [DASHED],
    true,
    '-',
    '_a',
    '.',
    '..',
    'a/b',
    'a#b',
    'a..b',
    'a@b.example',
    'a b',
    `${DASHED} ${DASHED}`,
    'a?b',
    'a%2fb',
    'a\\b',
    'a:b',
    'a\u0000b',
    'a\nb',
    'a\u200bb',
    'é',
    '٣',
  ])('%j is no id', (sent) => {
    expect(normaliseUuid(sent)).toBeUndefined();
  });

  test.each([...Object.values(OWN_PARTITIONS), 'Account', ' poller ', 'pk-7', 'PK-7', 'pk-x'])(
    '%j is not an id: the table uses the partition',
    (sent) => {
      expect(normaliseUuid(sent)).toBeUndefined();
    },
  );

  it('can be a key, a path segment and part of an S3 key, whatever was sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.webPath()), (sent) => {
        const id = normaliseUuid(sent);
        if (id === undefined) return;
        expect(id).toMatch(/^[a-z0-9][a-z0-9_-]{0,127}$/);
        expect(new URL(`https://api.example/v2/${id}/x`).pathname).toBe(`/v2/${id}/x`);
      }),
    );
  });

  it('normalised twice is the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), fc.string({ unit: 'binary' })), (sent) => {
        const once = normaliseUuid(sent);
        expect(normaliseUuid(once)).toBe(once);
      }),
    );
  });
});

describe('a pk', () => {
  test.each([
    [48210457, '48210457'],
    ['48210457', '48210457'],
    [' 007 ', '7'],
    ['18446744073709551615', '18446744073709551615'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ])('%j is the digits %s', (sent, digits) => {
    expect(normalisePk(sent)).toBe(digits);
  });

  test.each([
    0,
    '0',
    '000',
    -0,
    '',
    -5,
    '-5',
    1.5,
    '1.5',
    '1e3',
    Number.NaN,
    Infinity,
    1e300,
    '٣',
    null,
    {},
    [7],
  ])('%j is none', (sent) => {
    expect(normalisePk(sent)).toBeUndefined();
  });

  test('beyond 2^53 keeps every digit on its way out of a body', () => {
    for (const pk of ['9007199254740993', '18446744073709551615']) {
      expect(identified(`{"event":"DOC_VERIFIED","book_pk":${pk},"uploaded_doc_pk":"${pk}"}`)).toMatchObject({
        ids: { bookPk: pk, uploadedDocPk: pk },
      });
    }
  });
});

describe('JSON whose digits are kept', () => {
  test('only integers that would lose some become text', () => {
    const text = '{"a":9007199254740991,"b":9007199254740992,"c":-9007199254740993,"d":1.5,"e":1e300}';
    expect(parseJsonKeepingDigits(text)).toEqual({
      a: 9007199254740991,
      b: '9007199254740992',
      c: '-9007199254740993',
      d: 1.5,
      e: 1e300,
    });
  });

  it('is otherwise what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}/.test(text));
        expect(parseJsonKeepingDigits(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('what is not JSON is a SyntaxError', () => {
    expect(() => parseJsonKeepingDigits('{')).toThrow(SyntaxError);
  });
});

test('every id that an event can carry is read from its key', () => {
  expect(
    readIds({
      book_uuid: 'B',
      book_pk: 1,
      doc_uuid: 'D',
      uploaded_doc_uuid: 'U',
      uploaded_doc_pk: 2,
      mixed_uploaded_doc_uuid: 'M',
      mixed_uploaded_doc_pk: 3,
      uploaded_image_group_uuid: 'I',
      uploaded_image_group_pk: 4,
      analytics_request_id: 'A',
      business_uuid: 'C',
    }),
  ).toEqual({
    bookUuid: 'b',
    bookPk: '1',
    docUuid: 'd',
    uploadedDocUuid: 'u',
    uploadedDocPk: '2',
    mixedDocUuid: 'm',
    mixedDocPk: '3',
    imageGroupUuid: 'i',
    imageGroupPk: '4',
    analyticsRequestId: 'a',
    businessUuid: 'c',
  });
});

test('an event whose book has an impossible id belongs to the pk, else to no book', () => {
  expect(bookIdOf(readIds({ book_uuid: '../../v1/books', book_pk: 7 }))).toBe('pk-7');
  expect(bookIdOf(readIds({ book_uuid: 'circuit' }))).toBe('account');
});

test('null and missing ids leave no trace', () => {
  expect(readIds({ book_uuid: null, book_pk: 0, uploaded_image_group_pk: null })).toEqual({});
});

test('a book is known by its uuid, else by its pk, else it is the account', () => {
  expect(bookIdOf({ bookUuid: DASHED, bookPk: '7' })).toBe(DASHED);
  expect(bookIdOf({ bookPk: '7' })).toBe('pk-7');
  expect(bookIdOf({})).toBe('account');
});
