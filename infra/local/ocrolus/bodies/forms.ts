import type { Book, Document } from '../state/book.ts';
import { integer } from '../state/json.ts';

const FORM_CONFIG_PK = 4100;

/** `response` of Book form data. Its `book_status` is another vocabulary: always ACTIVE (9.1). */
export function bookFormsBody(book: Book): unknown {
  return {
    pk: integer(book.pk),
    uuid: book.uuid,
    name: book.name,
    created: book.createdAt,
    created_ts: book.createdAt,
    verified_pages_count: book.documents.reduce((sum, { pages }) => sum + pages, 0),
    book_status: 'ACTIVE',
    id: integer(book.pk),
    forms: book.documents.filter(hasForm).map((document) => ({
      pk: integer(document.form.pk),
      uuid: document.form.uuid,
      uploaded_doc_pk: integer(document.pk),
      form_type: document.formType,
      raw_fields: rawFields(document),
      form_config_pk: FORM_CONFIG_PK,
      tables: [],
      attribute_data: null,
    })),
    book_is_complete: book.status === 'VERIFIED',
  };
}

/** `response` of Document form data. Empty for bank statements: those are in transactions. */
export function documentFormsBody(document: Document): unknown {
  const form = {
    pk: integer(document.form.pk),
    uuid: document.form.uuid,
    form_type: document.formType,
    form_config_pk: FORM_CONFIG_PK,
    tables: [],
    raw_fields: rawFields(document),
  };
  return { pk: integer(document.pk), uuid: document.docUuid, forms: hasForm(document) ? [form] : [] };
}

/** `response` of Form field data. */
export function formBody(document: Document): unknown {
  return {
    pk: integer(document.form.pk),
    uuid: document.form.uuid,
    form_type: document.formType,
    raw_fields: rawFields(document),
    other_frauds: [],
    id: integer(document.form.pk),
  };
}

export function hasForm(document: Document): boolean {
  return document.kind === 'form' && document.status === 'VERIFICATION_COMPLETE';
}

function rawFields(document: Document) {
  const prefix = document.formType.toLowerCase();
  const field = (name: string, value: string) => [
    `${prefix}-Part1:${name}`,
    { value, is_empty: value === '', alias_used: null, source_filename: document.name, confidence: 1 },
  ];
  return Object.fromEntries([
    field('employeeName', 'Nora Ashgrove'),
    field('employerName', 'Hillside Carpentry LLC'),
    field('year', '2025'),
    field('wages', `${41_000 + document.position}.50`),
    field('controlNumber', ''),
  ]);
}
