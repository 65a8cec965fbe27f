import type { Book, Document } from '../state/book.ts';
import { integer } from '../state/json.ts';
import { decimal, monthOf, rowsOf, sumOf, usDate } from './rows.ts';

const OPENING_CENTS = 1_250_000;

/** Every simulated book has one account; its pk follows from the book's. */
export function accountPk(book: Book): string {
  return String(BigInt(book.pk) + 500_000_000n);
}

/** Bank accounts of the v1 family, with the periods of the given statements: an object keyed by pk. */
export function bankAccounts(
  book: Book,
  bookUuid: string,
  documents: readonly Document[],
): Record<string, unknown> {
  const [first] = documents;
  if (first === undefined) return {};
  const pk = accountPk(book);
  return {
    [pk]: {
      pk: integer(pk),
      book_pk: integer(book.pk),
      name: '000123400099 LANTERN BANK CHECKING',
      bank_name: 'LANTERN BANK',
      activity_info: { active: documents.map(activity), missing: [] },
      account_type: 'CHECKING',
      account_holder: 'HILLSIDE CARPENTRY LLC',
      account_number: '000123400099',
      holder_zip: '00000',
      holder_country: 'US',
      holder_state: 'VT',
      holder_city: 'Northfield',
      holder_address_1: '1 PLANER LANE',
      holder_address_2: null,
      account_category: 'BUSINESS ACCOUNT',
      id: integer(pk),
      book_uuid: bookUuid,
      periods: documents.map((document) => period(document, pk)),
      account_holders: ['HILLSIDE CARPENTRY LLC'],
    },
  };
}

/** One statement's period. */
export function period(document: Document, bankAccountPk: string) {
  const month = monthOf(document);
  return {
    pk: integer(document.form.pk),
    uuid: document.form.uuid,
    bank_account_pk: integer(bankAccountPk),
    begin_date: usDate(`${month}-01`),
    end_date: usDate(`${month}-28`),
    begin_balance: decimal(OPENING_CENTS),
    end_balance: decimal(OPENING_CENTS + sumOf(rowsOf(document))),
    primary_recon_error_reason: null,
    secondary_recon_error_reason: null,
    uploaded_doc_pk: integer(document.pk),
  };
}

function activity(document: Document) {
  const [year, month] = monthOf(document).split('-').map(Number);
  return { start: { year, month, day: 1 }, end: { year, month, day: 28 } };
}
