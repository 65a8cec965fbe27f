import { describe, expect, it, test } from 'vitest';
import { readBookStatus } from '../../../shared/ocrolus/book-status.ts';

const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
const DOC = '07ce7a49-85d4-50a6-bcb1-4e5fe2036e0b';
const askedAt = '2026-02-01T00:29:00.000Z';

const read = (body: string) => readBookStatus({ body: Buffer.from(body), askedAt }, { bookPk: '48210457' });
const readResponse = (response: object) =>
  read(
    JSON.stringify({
      status: 200,
      message: 'OK',
      response: { uuid: BOOK, book_status: 'VERIFYING', ...response },
    }),
  );

test('a whole answer', () => {
  const doc = {
    pk: 90311204,
    uuid: DOC,
    name: 'february.pdf',
    pages: 4,
    md5: 'x',
    status: 'REJECTED',
    rejection_reason: 'DOCUMENT IS UNREADABLE',
    rejection_reason_description: 'The scan is too dark to read.',
    image_group_pk: 5,
    mixed_uploaded_doc_pk: 12044871,
  };
  const mixed = { pk: 12044871, uuid: 'm', status: 'COMPLETED' };
  expect(
    readResponse({ pk: 7, id: 7, name: 'Bakery', book_class: 'INSTANT', docs: [doc], mixed_docs: [mixed] }),
  ).toEqual({
    observedAt: askedAt,
    bookUuid: BOOK,
    bookPk: '7',
    name: 'Bakery',
    bookClass: 'INSTANT',
    status: 'VERIFYING',
    documents: [
      {
        docUuid: DOC,
        docPk: '90311204',
        name: 'february.pdf',
        status: 'REJECTED',
        rejectionReason: 'DOCUMENT IS UNREADABLE',
        rejectionReasonDescription: 'The scan is too dark to read.',
        pages: 4,
        imageGroupPk: '5',
        mixedDocPk: '12044871',
      },
      { docUuid: 'm', docPk: '12044871', status: 'COMPLETED', mixed: true },
    ],
  });
});

describe('the book', () => {
  it.each([
    ['BOOK_COMPLETE', 'VERIFIED'],
    ['VERIFIED', 'VERIFIED'],
    ['UPLOAD', 'UPLOAD'],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
  ])('%s is %s', (sent, status) => {
    expect(readResponse({ book_status: sent, docs: [] }).status).toBe(status);
  });

  it.each([
    { uuid: BOOK.replaceAll('-', '') },
    { uuid: undefined, book_uuid: BOOK.toUpperCase() },
    { uuid: null, book_uuid: BOOK },
  ])('is named by %j', (ids) => {
    expect(readResponse(ids).bookUuid).toBe(BOOK);
  });

  it.each([[{}], [{ docs: null }], [{ docs: [] }], [{ docs: {} }], [{ docs: 'none', mixed_docs: 5 }]])(
    'without documents: %j',
    (docs) => {
      expect(readResponse(docs).documents).toEqual([]);
    },
  );

  it('is partial where a document cannot be read, or distinguished from the others', () => {
    const doc = { uuid: DOC, status: 'VERIFICATION_COMPLETE' };
    const isPartial = (docs: object) => readResponse(docs).isPartial === true;
    const unreadable = [
      null,
      {},
      'none',
      [null],
      [doc, 'x'],
      [doc, { status: 'QUEUED' }],
      [{ uuid: DOC }],
      undefined,
    ];
    for (const docs of unreadable) expect(isPartial({ docs }), JSON.stringify(docs)).toBe(true);
    for (const mixed_docs of [{}, [null]]) expect(isPartial({ docs: [doc], mixed_docs })).toBe(true);
    for (const mixed_docs of [null, undefined, [], [doc]])
      expect(isPartial({ docs: [doc], mixed_docs })).toBe(false);
    expect(readResponse({ docs: [doc, 'x'] }).documents).toEqual([{ docUuid: DOC, status: doc.status }]);
  });

  it('has a document once that is in both lists', () => {
    const docs = [{ uuid: DOC, status: 'VERIFICATION_COMPLETE' }];
    const { documents } = readResponse({ docs, mixed_docs: [{ uuid: DOC, status: 'COMPLETED' }] });
    expect(documents).toEqual([{ docUuid: DOC, status: 'VERIFICATION_COMPLETE' }]);
  });

  it.each([0, 1])('has a document once that is listed twice: the one with results, at position %i', (at) => {
    const docs = [{ uuid: DOC, status: 'REJECTED' }];
    docs.splice(at, 0, { uuid: DOC, status: 'VERIFICATION_COMPLETE' });
    expect(readResponse({ docs }).documents).toEqual([{ docUuid: DOC, status: 'VERIFICATION_COMPLETE' }]);
  });

  it('may lack what is not needed, or have it in another type', () => {
    expect(readResponse({ name: 5, pk: null, book_class: null })).toEqual({
      observedAt: askedAt,
      bookUuid: BOOK,
      status: 'VERIFYING',
      documents: [],
      isPartial: true,
    });
  });
});

describe('a document', () => {
  const only = (doc: object) => readResponse({ docs: [doc] }).documents;

  it('keeps the digits of a pk beyond 2^53', () => {
    const body = `{"response":{"uuid":"${BOOK}","book_status":"VERIFIED","pk":9007199254740993,"docs":[{"pk":18446744073709551615,"uuid":"d","status":"VERIFIED"}]}}`;
    expect(read(body)).toMatchObject({
      bookPk: '9007199254740993',
      documents: [{ docPk: '18446744073709551615' }],
    });
  });

  it('without uuid goes by its pk', () => {
    expect(only({ pk: 7, status: 'QUEUED' })).toMatchObject([{ docUuid: 'pk-7' }]);
  });

  it('without status has one that no rule knows', () => {
    expect(only({ uuid: DOC })).toEqual([{ docUuid: DOC, status: 'UNKNOWN' }]);
  });

  it('may have null for everything that it has not', () => {
    const nothing = {
      rejection_reason: null,
      rejection_reason_description: null,
      image_group_pk: null,
      mixed_uploaded_doc_pk: null,
      pages: null,
    };
    expect(only({ uuid: DOC, status: 'QUEUED', name: null, ...nothing })).toEqual([
      { docUuid: DOC, status: 'QUEUED' },
    ]);
  });
});

it.each([
  'null',
  '[]',
  '{}',
  '{"response":null}',
  '{"response":[]}',
  `{"response":{"uuid":"${BOOK}"}}`,
  `{"response":{"uuid":"${BOOK}","book_status":null}}`,
  '{"response":{"book_status":"VERIFIED"}}',
  '{"response":{"uuid":"","book_status":"VERIFIED"}}',
])('an answer of another shape is asked for again: %s', (body) => {
  expect(() => read(body)).toThrow('retry: book-status-shape');
});
