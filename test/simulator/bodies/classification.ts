import type { Book } from '../state/book.ts';
import { integer, integerOrNull } from '../state/json.ts';
import { typeOf } from './transactions.ts';

/**
 * `response` of the classification summary. Only `book_uuid` and `forms` are sourced (domain reference 8.3);
 * the fields of a form are ours.
 */
export function classificationBody(book: Book): unknown {
  return {
    book_uuid: book.uuid,
    forms: book.documents.map((document) => ({
      // The one endpoint that says UPLOADED (domain reference 9.2).
      status: document.status === 'QUEUED' ? 'UPLOADED' : document.status,
      form_type: document.status === 'QUEUED' ? null : typeOf(document),
      form_uuid: document.form.uuid,
      doc_uuid: document.docUuid,
      uploaded_doc_pk: integer(document.pk),
      mixed_uploaded_doc_pk: integerOrNull(document.mixed?.pk),
      pages: document.pages,
      confidence: document.status === 'QUEUED' ? null : 0.98,
    })),
  };
}
