import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { catalogEntry, findEventName } from '../../../shared/events/catalog.ts';
import { identify, NO_NAME, NOT_A_NAME } from '../../../shared/events/identify.ts';
import { identified, sampleBodies } from './testing/fixtures.ts';

const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';

test.each(sampleBodies())('the sample $file announces its own name', ({ file, body }) => {
  const name = findEventName(file.replace(/\.json$/, ''));
  if (name === undefined) throw new Error(`${file} is not in the catalog`);
  const found = identify(body);
  expect(found).toMatchObject({ kind: 'event', eventName: name, channel: catalogEntry(name).channel });
  expect(found).not.toHaveProperty('unrecognized');
});

test.each(sampleBodies('_variants'))('the variant $file is the event it varies', ({ file, body }) => {
  const name = /^(.+)\.[\w-]+\.json$/.exec(file)?.[1];
  expect(identify(body)).toMatchObject({ eventName: name, ids: { bookUuid: BOOK } });
});

describe('which key names the event', () => {
  it.each<[object, object]>([
    [{ event: 'DOC_VERIFIED', event_name: 'book.verified' }, { eventName: 'book.verified' }],
    // `event_type` is no name.
    [{ event_type: 'BOOK_VERIFIED' }, { unrecognized: 'no-name' }],
    // A name beats a status that says something else; so does an unknown one, because nothing is inferred.
    [
      { event_name: 'book.completed', status: 'BOOK_COMPLETE' },
      { eventName: 'book.completed', channel: 'book-results', status: 'BOOK_COMPLETE' },
    ],
    [
      { event_name: 'book.new', status: 'BOOK_COMPLETE' },
      { eventName: 'book.new', channel: 'unrecognized', unrecognized: 'unknown-name' },
    ],
  ])('%j: %j', (body, expected) => {
    expect(identified(body)).toMatchObject(expected);
  });

  it.each(['', ' ', null, 0, false, [], { a: 1 }])('`event` where `event_name` is %j', (blank) => {
    expect(identified({ event: 'DOC_VERIFIED', event_name: blank })).toMatchObject({
      eventName: 'DOC_VERIFIED',
    });
  });

  it.each(['a name with blanks', '123-45-6789', 'X \u001b[31mred\u001b[0m', 'two\nlines', '<b>bold</b>'])(
    '%j is kept out of logs',
    (event_name) => {
      expect(identified({ event_name })).toMatchObject({
        ...{ eventName: NOT_A_NAME, channel: 'unrecognized', unrecognized: 'unknown-name' },
      });
    },
  );
});

describe('without a name, the status decides', () => {
  it.each<[object, object]>([
    [
      { status: 'BOOK_COMPLETE', book_uuid: BOOK },
      { eventName: 'BOOK_VERIFIED', channel: 'book-verified', ids: { bookUuid: BOOK } },
    ],
    ...['VERIFICATION_COMPLETE', 'REJECTED'].map((status): [object, object] => [
      { status, uploaded_doc_pk: 7 },
      { eventName: 'DOC_VERIFIED', status },
    ]),
  ])('%j is %j', (body, expected) => {
    expect(identified(body)).toMatchObject(expected);
  });

  it.each([
    { status: 'VERIFICATION_COMPLETE' },
    { status: 'REJECTED', uploaded_doc_pk: 0 },
    { status: 'VERIFYING', uploaded_doc_pk: 7 },
    { status: 'book_complete' },
    { status: 200 },
    {},
  ])('%j identifies nothing', (body) => {
    expect(identified(body)).toMatchObject({ eventName: NO_NAME, unrecognized: 'no-name' });
  });
});

describe('the test ping', () => {
  it.each([
    { status: 'VERIFICATION_COMPLETE', uploaded_doc_pk: 0, book_pk: 0 },
    { status: 'VERIFICATION_COMPLETE', uploaded_doc_pk: '0', book_pk: '0' },
    { status: 'VERIFICATION_COMPLETE', uploaded_doc_pk: 0, book_pk: 0, book_uuid: null, doc_uuid: '' },
  ])('%j', (body) => {
    expect(identified(body)).toEqual({ kind: 'ping' });
  });

  it.each([
    { status: 'VERIFICATION_COMPLETE', uploaded_doc_pk: 0 },
    { status: 'VERIFICATION_COMPLETE', uploaded_doc_pk: 0, book_pk: 5 },
    { status: 'VERIFICATION_COMPLETE', uploaded_doc_pk: null, book_pk: null },
    { status: 'VERIFICATION_COMPLETE', uploaded_doc_pk: 0, book_pk: 0, book_uuid: BOOK },
    { status: 'VERIFICATION_COMPLETE', uploaded_doc_pk: 0, book_pk: 0, book_uuid: 'a/b' },
    { status: 'VERIFICATION_COMPLETE', uploaded_doc_pk: 0, book_pk: 0, event: 'DOC_VERIFIED' },
    { status: 'REJECTED', uploaded_doc_pk: 0, book_pk: 0 },
  ])('%j is none: it is kept', (body) => {
    expect(identified(body)).toMatchObject({ kind: 'event' });
  });
});

test.each([
  ['  Book.Underwritten (BETA) ', 'Book.Underwritten'],
  ['x'.repeat(500), 'x'.repeat(128)],
  ['(BETA)', NO_NAME],
])('the unknown name %j is kept as %j', (event_name, eventName) => {
  expect(identified({ event_name })).toMatchObject({ eventName });
});

test('a byte order mark before the body hides nothing', () => {
  const body = Buffer.from(`\uFEFF{"event":"BOOK_VERIFIED","book_uuid":"${BOOK}"}`);
  expect(identify(body)).toMatchObject({ eventName: 'BOOK_VERIFIED', ids: { bookUuid: BOOK } });
  const ping = '\uFEFF{"status":"VERIFICATION_COMPLETE","uploaded_doc_pk":0,"book_pk":0}';
  expect(identify(Buffer.from(ping))).toEqual({ kind: 'ping' });
});

test('a status is a hint, and is cut at 128 characters', () => {
  const found = identified({ event: 'BOOK_VERIFIED', status: 'x'.repeat(500) });
  expect(found).toMatchObject({ status: 'x'.repeat(128) });
});

it('never throws, and always finds a channel or the ping', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        const found = identify(bytes);
        if (found.kind === 'ping') return;
        expect(found.eventName).not.toBe('');
        expect(found.eventName.length).toBeLessThanOrEqual(128);
      },
    ),
    { numRuns: 1000 },
  );
});
