import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { bookIdOf, OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import { normalisePk, normaliseUuid, readIds } from '../../../shared/events/read-ids.ts';
import { identified } from './testing/fixtures.ts';

const DASHED = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
const HEX = DASHED.replaceAll('-', '');

describe('a uuid', () => {
  const spellings = [DASHED, DASHED.toUpperCase(), HEX, HEX.toUpperCase(), ` ${DASHED}\n`];

  test.each([...spellings, '371ab5bcb22a-522aa19b-ae78c1bbdb9f'])(
    '%j is lower case with its dashes in place',
    (sent) => {
      expect(normaliseUuid(sent)).toBe(DASHED);
    },
  );

  test.each(['not-a-uuid', `${DASHED}0`, `${DASHED.slice(0, -2)}zz`, 'b', '7_a-', 'x'.repeat(128)])(
    '%s is opaque: the vendor has ids that are none',
    (sent) => {
      expect(normaliseUuid(sent.toUpperCase())).toBe(sent);
    },
  );

  const texts = ['', '  ', '-', '_a', '.', '..', 'x'.repeat(129), `${DASHED} ${DASHED}`];

  test.each([...texts, null, undefined, 5, {}, [DASHED], true])('%j is no id', (sent) => {
    expect(normaliseUuid(sent)).toBeUndefined();
  });

  it('has no other characters than letters, digits, dashes and underscores', () => {
    const characters = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code));
    const allowed = characters.filter((character) => normaliseUuid(`a${character}b`) !== undefined);
    expect(allowed.join('')).toBe('-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz');
  });

  test.each([...Object.values(OWN_PARTITIONS), 'Account', ' poller ', 'pk-7', 'PK-7', 'pk-x'])(
    '%j is not an id: the table uses the partition',
    (sent) => {
      expect(normaliseUuid(sent)).toBeUndefined();
    },
  );

  it('can be a key, a path segment and part of an S3 key, whatever was sent, and stays as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), fc.string(), fc.string({ unit: 'binary' }), fc.webPath()), (sent) => {
        const id = normaliseUuid(sent);
        if (id === undefined) return;
        expect(id).toMatch(/^[a-z0-9][a-z0-9_-]{0,127}$/);
        expect(new URL(`https://api.example/v2/${id}/x`).pathname).toBe(`/v2/${id}/x`);
        expect(normaliseUuid(id)).toBe(id);
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

  const numbers = [0, -0, -5, 1.5, 1e300, Number.NaN, Infinity];
  const texts = ['', '0', '000', '-5', '1.5', '1e3', '٣'];

  test.each([...numbers, ...texts, null, {}, [7]])('%j is none', (sent) => {
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

test.each([
  ['book_uuid', 'bookUuid'],
  ['book_pk', 'bookPk'],
  ['doc_uuid', 'docUuid'],
  ['uploaded_doc_uuid', 'uploadedDocUuid'],
  ['uploaded_doc_pk', 'uploadedDocPk'],
  ['mixed_uploaded_doc_uuid', 'mixedDocUuid'],
  ['mixed_uploaded_doc_pk', 'mixedDocPk'],
  ['uploaded_image_group_uuid', 'imageGroupUuid'],
  ['uploaded_image_group_pk', 'imageGroupPk'],
  ['analytics_request_id', 'analyticsRequestId'],
  ['business_uuid', 'businessUuid'],
])('%s is read, normalised by its kind; null and missing ids leave no trace', (key, id) => {
  expect(readIds({ [key]: key.endsWith('_pk') ? '07' : ' A ' })).toEqual({
    [id]: key.endsWith('_pk') ? '7' : 'a',
  });
  expect(readIds({ [key]: null })).toStrictEqual({});
  expect(readIds({ [key]: 0 })).toStrictEqual({});
});

test.each([
  [{ book_uuid: DASHED, book_pk: 7 }, DASHED],
  [{ book_pk: 7 }, 'pk-7'],
  [{}, 'account'],
  // An impossible id is none.
  [{ book_uuid: '../../v1/books', book_pk: 7 }, 'pk-7'],
  [{ book_uuid: 'circuit' }, 'account'],
])('the book of %j is %s', (body, bookId) => {
  expect(bookIdOf(readIds(body))).toBe(bookId);
});
