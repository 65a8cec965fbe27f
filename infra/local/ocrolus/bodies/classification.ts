import { type Book, type Document, isFinished, listedDocuments } from '../state/book.ts';
import { rejectionReason } from './book.ts';
import { typeOf } from './transactions.ts';

/** `response` of the classification summary (ocrolus: OpenAPI 3.1.1; no example of it is known). */
export function classificationBody(book: Book): unknown {
  return { book_uuid: book.uuid, forms: listedDocuments(book).map(classified) };
}

/** A document that is not classified yet is a form of no known type, without a uuid. */
function classified(document: Document) {
  const isClassified = document.status !== 'QUEUED';
  const pages = Array.from({ length: document.pages }, (_, page) => page);
  const isSplit = document.mixed !== undefined;
  return {
    form_uuid: isClassified ? document.form.uuid : null,
    upload_origin: isSplit ? 'MIXED' : 'PRE_IDENTIFIED',
    upload_details: {
      doc_uuid: document.docUuid,
      doc_page_indexes: pages,
      mixed_doc_uuid: document.mixed?.uuid ?? null,
      mixed_doc_page_indexes: isSplit ? pages : [],
      // A text, not a number.
      confidence: isClassified ? '0.98' : null,
    },
    status: statusOf(document),
    rejection_reason: rejectionReason(document) ?? null,
    form_type: {
      name: isClassified ? typeOf(document) : 'UNKNOWN',
      account_type: document.kind === 'bank-statement' && isClassified ? 'CHECKING' : null,
      display_name: isClassified ? typeOf(document).replaceAll('_', ' ') : null,
    },
    is_original: isClassified ? true : null,
    form_uuid_duplicate_of: null,
    uniqueness_values: isFinished(document) ? [uniqueness(document)] : [],
    pages: pages.map((page) => ({
      uploaded_page_index: page,
      form_page_number: String(page + 1),
      given_page_total: String(document.pages),
    })),
  };
}

function uniqueness(document: Document) {
  return {
    display_name: 'Year',
    raw_field_key: `${typeOf(document).toLowerCase()}-Part1:year`,
    value: '2025',
    confidence: 0.98,
  };
}

/** Statuses of the summary: UPLOADED is only here, and there is no CLASSIFIED (docs/ocrolus.md#document-statuses). */
function statusOf({ status }: Document): string {
  if (status === 'QUEUED') return 'UPLOADED';
  return status === 'CLASSIFIED' ? 'COMPLETED' : status;
}
