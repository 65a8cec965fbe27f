import { classificationBody } from '../bodies/classification.ts';
import { bookFormsBody, documentFormsBody, formBody, hasForm } from '../bodies/forms.ts';
import { hasPayStub, payStub, payStubDocuments } from '../bodies/pay-stubs.ts';
import { transactionsBody } from '../bodies/transactions.ts';
import { Refusal, v1, v1Error } from '../http/reply.ts';
import type { Call, Route } from '../http/router.ts';
import {
  bookInPath,
  bookInQuery,
  docUuidNames,
  documentById,
  requireAllFinished,
  requireFinished,
  V1,
} from './find.ts';

/** What Ocrolus read in the documents: all in the v1 envelope, pay stubs under /v2 included. */
export const captureRoutes: readonly Route[] = [
  { operation: 'book-form-data', method: 'GET', path: '/v1/book/forms', answer: bookForms },
  { operation: 'doc-form-data', method: 'GET', path: '/v1/document/forms/fields', answer: documentForms },
  { operation: 'form-field-data', method: 'GET', path: '/v1/form', answer: form },
  { operation: 'transactions', method: 'GET', path: '/v1/transaction', answer: transactions },
  {
    operation: 'book-paystub-data',
    method: 'GET',
    path: '/v2/book/:book_uuid/paystub',
    answer: bookPayStubs,
  },
  {
    operation: 'doc-paystub-data',
    method: 'GET',
    path: '/v2/document/:doc_uuid/paystub',
    answer: documentPayStubs,
  },
  { operation: 'paystub-data', method: 'GET', path: '/v2/paystub/:paystub_uuid', answer: onePayStub },
  {
    operation: 'classification-summary',
    method: 'GET',
    path: '/v2/book/:book_uuid/classification-summary',
    answer: (call) => v1(classificationBody(bookInPath(call, V1))),
  },
];

function bookForms(call: Call) {
  const book = bookInQuery(call);
  requireAllFinished(book);
  return v1(bookFormsBody(book));
}

function documentForms(call: Call) {
  const uuid = call.query.get('doc_uuid');
  const pk = call.query.get('pk');
  if (uuid === null && pk === null) throw new Refusal(v1Error(1103, 'Required pk or doc_uuid'));
  const { document } =
    uuid === null ? documentById(call, pk ?? '', ['pk']) : documentById(call, uuid, docUuidNames(call));
  requireFinished(document);
  return v1(documentFormsBody(document));
}

/** 400/2301 for what is no form of v1, for example the uuid of a pay stub. */
function form({ query, organization }: Call) {
  const uuid = query.get('uuid');
  const pk = query.get('pk');
  if (uuid === null && pk === null) throw new Refusal(v1Error(1103, 'Required parameter not found'));
  for (const book of organization.books.all) {
    const found = book.documents.find(
      (document) =>
        hasForm(document) && (uuid === null ? document.form.pk === pk : document.form.uuid === uuid),
    );
    if (found === undefined) continue;
    if (book.forbidden) throw new Refusal(v1Error(2107, 'No permission to access this form'));
    return v1(formBody(found));
  }
  throw new Refusal(v1Error(2301, 'DB Object Not Found'));
}

function transactions(call: Call) {
  const book = bookInQuery(call, 'book_pk');
  const uuid = call.query.get('uploaded_doc_uuid');
  const pk = call.query.get('uploaded_doc_pk');
  if (uuid === null && pk === null) {
    requireAllFinished(book);
    return v1(transactionsBody(book));
  }
  const found = uuid === null ? documentById(call, pk ?? '', ['pk']) : documentById(call, uuid, ['uuid']);
  if (found.book !== book) throw new Refusal(v1Error(1501, 'Document not found'));
  requireFinished(found.document);
  return v1(transactionsBody(book, found.document));
}

function bookPayStubs(call: Call) {
  const book = bookInPath(call, V1);
  requireAllFinished(book);
  return v1(payStubDocuments(book).map((document) => payStub(book, document)));
}

function documentPayStubs(call: Call) {
  const { book, document } = documentById(call, call.params.doc_uuid ?? '', docUuidNames(call));
  requireFinished(document);
  return v1(hasPayStub(document) ? [payStub(book, document)] : []);
}

function onePayStub({ params, organization }: Call) {
  for (const book of organization.books.all) {
    const document = payStubDocuments(book).find(({ form: stub }) => stub.uuid === params.paystub_uuid);
    if (document === undefined) continue;
    if (book.forbidden) throw new Refusal(v1Error(2104, 'No permission to access this doc'));
    return v1([payStub(book, document)]);
  }
  throw new Refusal(v1Error(1501, 'Document not found'));
}
