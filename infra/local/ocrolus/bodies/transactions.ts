import { type Book, type Document, isCapturedStatement } from '../state/book.ts';
import { integer, integerOrNull } from '../state/json.ts';
import { accountPk, bankAccounts } from './bank-account.ts';
import { rejectionReason } from './book.ts';
import { decimal, monthOf, rowsOf, usDate } from './rows.ts';

/** `response` of `/v1/transaction`, of the whole book or of one document. Its uuids have no dashes. */
export function transactionsBody(book: Book, only?: Document): unknown {
  const documents = only === undefined ? book.documents : [only];
  const captured = documents.filter(isCapturedStatement);
  return {
    txns: captured.flatMap((document) => transactionsOf(document, accountPk(book))),
    uploaded_docs: Object.fromEntries(documents.map((document) => [document.pk, uploadedDocument(document)])),
    bank_accounts: bankAccounts(book, captured, {
      ofAccount: { member_id: 'a1', account_source: 'PDF', book_uuid: dashless(book.uuid) },
      ofPeriod: { absolute_recon_error: '0.00' },
    }),
    bank_checks: captured.slice(0, 1).map((document) => bankCheck(book, document)),
    tags: {},
  };
}

/** The v1 row: amount as a string, date as `MM/DD/YYYY`. */
export function transactionsOf(document: Document, bankAccountPk: string) {
  return rowsOf(document).map((row, index) => ({
    page_idx: 0,
    bank_account_pk: integer(bankAccountPk),
    amount: decimal(row.cents),
    bbox: [140, 300 + index, 1500, 340 + index],
    txn_date: usDate(row.isoDate),
    page_doc_pk: integer(document.pk),
    pk: integer(row.pk),
    uploaded_doc_pk: integer(document.pk),
    description: row.description,
    txn_pk_duplicate_of: null,
    comment: '',
    explanation: '',
    has_probable_transfers: false,
    tags: {},
    period_pk: integer(document.form.pk),
  }));
}

/** A check that the statement has an image of. Money and date are written as in v1, here and in v2. */
export function bankCheck(book: Book, document: Document, uuid: string = dashless(document.form.uuid)) {
  return {
    uuid,
    bank_account_pk: integer(accountPk(book)),
    amount: '100.00',
    pay_to: 'TALLOW LUMBER',
    txn_date: usDate(`${monthOf(document)}-05`),
    check_number: '1025',
    memo_number: '',
  };
}

export function dashless(uuid: string): string {
  return uuid.replaceAll('-', '');
}

function uploadedDocument(document: Document) {
  return {
    name: document.name,
    status: document.status,
    pages: document.pages,
    pk: integer(document.pk),
    uuid: dashless(document.uuid),
    rejection_reason: rejectionReason(document) ?? null,
    uploaded_doc_type: typeOf(document),
    sub_doc_type: null,
    sub_doc_type_details: null,
    mixed_uploaded_doc_pk: integerOrNull(document.mixed?.pk),
    mixed_uploaded_doc_uuid: document.mixed?.uuid ?? null,
  };
}

/** Ocrolus's name of what a document is. */
export function typeOf(document: Document): string {
  if (document.kind === 'bank-statement') return 'BANK_STATEMENT';
  return document.kind === 'pay-stub' ? 'PAYSTUB' : document.formType;
}
