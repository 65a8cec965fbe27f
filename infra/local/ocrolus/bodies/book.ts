import {
  type Book,
  type Document,
  listedDocuments,
  type MixedDocument,
  mixedDocuments,
  statements,
} from '../state/book.ts';
import { integer, integerOrNull } from '../state/json.ts';
import { bankAccounts } from './bank-account.ts';

const OWNER = 'underwriting@hillside.example';

/** `response` of Book status: `uuid`, not `book_uuid`. `mixed_docs` only when there are any. */
export function bookStatusBody(book: Book): unknown {
  const mixed = mixedDocuments(book);
  return {
    name: book.name,
    created: book.createdAt,
    created_ts: book.createdAt,
    pk: integer(book.pk),
    owner_email: OWNER,
    is_public: true,
    uuid: book.uuid,
    id: integer(book.pk),
    is_shared_or_public_book: true,
    docs: listedDocuments(book).map(statusDocument),
    ...(mixed.length > 0 && { mixed_docs: mixed.map(mixedDocument) }),
    book_status: book.status,
    book_class: book.bookClass,
  };
}

/** A tag that the lender uses for all its books. */
const STATUS_TAG = {
  pk: 2_386_333,
  created_ts: '2025-06-27T13:41:34Z',
  tag_name: 'in review',
  color: 'navy',
  text_color: null,
  is_status_tag: true,
  is_hidden: false,
  org_info_pk: 4005,
  config_name: null,
  id: 2_386_333,
};

/** `response` of Book info: `book_uuid`, documents without uuid, no status of the book. */
export function bookInfoBody(book: Book): unknown {
  return {
    ...bookListItem(book),
    is_shared_or_public_book: true,
    docs: listedDocuments(book).map((document) => ({
      pk: integer(document.pk),
      status: document.status,
      name: document.name,
      pages: document.pages,
      md5: document.md5,
      image_group_pk: integerOrNull(document.imageGroup?.pk),
      mixed_uploaded_doc_pk: integerOrNull(document.mixed?.pk),
      document_class: book.bookClass,
    })),
    mixed_docs: mixedDocuments(book).map((document) => {
      const { uuid: _uuid, id: _id, ...facts } = mixedDocument(document);
      return { ...facts, document_class: book.bookClass };
    }),
    // An object keyed by pk, although the vendor's schema says array.
    bank_accounts: bankAccounts(book, statements(book)),
    custom_filters: {},
    status_tags: { [STATUS_TAG.pk]: STATUS_TAG },
    book_class: book.bookClass,
  };
}

/** One entry of Book list: no status. */
export function bookListItem(book: Book) {
  return {
    name: book.name,
    created: book.createdAt,
    created_ts: book.createdAt,
    pk: integer(book.pk),
    owner_email: OWNER,
    is_public: true,
    book_uuid: book.uuid,
    id: integer(book.pk),
    xid: book.xid,
    book_type: 'DEFAULT',
  };
}

/** `response` of Create a book: `uuid`. */
export function createdBookBody(book: Book): unknown {
  const { book_uuid: uuid, ...rest } = bookListItem(book);
  return { ...rest, uuid, book_class: book.bookClass };
}

/** The list of documents in v2 analytics. */
export function uploadedDocuments(book: Book) {
  return listedDocuments(book).map((document) => ({
    pk: integer(document.pk),
    uuid: document.uuid,
    status: document.status,
    pages: document.pages,
    mixed_uploaded_doc_pk: integerOrNull(document.mixed?.pk),
    mixed_uploaded_doc_uuid: document.mixed?.uuid ?? null,
    rejection_reason: rejectionReason(document) ?? null,
  }));
}

/** Known only once verification has come to it. */
export function rejectionReason(document: Document): string | undefined {
  return document.status === 'REJECTED' ? document.rejection : undefined;
}

function statusDocument(document: Document) {
  const reason = rejectionReason(document);
  return {
    pk: integer(document.pk),
    name: document.name,
    uuid: document.uuid,
    pages: document.pages,
    md5: document.md5,
    status: document.status,
    image_group_pk: integerOrNull(document.imageGroup?.pk),
    mixed_uploaded_doc_pk: integerOrNull(document.mixed?.pk),
    ...(reason !== undefined && { rejection_reason: reason }),
  };
}

function mixedDocument(mixed: MixedDocument) {
  return {
    pk: integer(mixed.pk),
    name: mixed.name,
    uuid: mixed.uuid,
    id: integer(mixed.pk),
    pages: 1,
    md5: mixed.md5,
    status: mixed.status,
    image_group_pk: null,
    rejection_reason: null,
  };
}
