import type { Book, Document } from '../state/book.ts';
import { integer } from '../state/json.ts';
import { decimal, monthOf, rowsOf, sumOf, usDate } from './rows.ts';

/** Every statement begins with it. */
export const OPENING_CENTS = 1_250_000;

/** Every simulated book has one account; its pk follows from the book's. */
export function accountPk(book: Book): string {
  return String(BigInt(book.pk) + 500_000_000n);
}

/** Who holds the account, and where; the same in every family of bodies. */
export const ACCOUNT = {
  bank_name: 'LANTERN BANK',
  account_type: 'CHECKING',
  account_holder: 'HILLSIDE CARPENTRY LLC',
  account_number: '000123400099',
  holder_zip: '00000',
  holder_country: 'US',
  holder_state: 'VT',
  holder_city: 'Northfield',
  holder_address_1: '1 PLANER LANE',
  holder_address_2: 'SUITE 4',
  account_category: 'BUSINESS ACCOUNT',
} as const;

export const ACCOUNT_NAME = `${ACCOUNT.account_number} ${ACCOUNT.bank_name} ${ACCOUNT.account_type}`;

/** What v1 bodies say of the account beside its periods. */
export function accountFacts(book: Book, documents: readonly Document[]) {
  const pk = integer(accountPk(book));
  return {
    pk,
    book_pk: integer(book.pk),
    name: ACCOUNT_NAME,
    activity_info: { active: documents.map(activity), missing: [] },
    ...ACCOUNT,
  };
}

/**
 * Bank accounts of the v1 family, with the periods of the given statements: an object keyed by pk.
 *
 * @param more what only one of the answers has.
 */
export function bankAccounts(
  book: Book,
  documents: readonly Document[],
  more: { readonly ofAccount?: object; readonly ofPeriod?: object } = {},
): Record<string, unknown> {
  const [first] = documents;
  if (first === undefined) return {};
  const pk = accountPk(book);
  return {
    [pk]: {
      ...accountFacts(book, documents),
      id: integer(pk),
      periods: documents.map((document) => ({ ...period(document, pk), ...more.ofPeriod })),
      account_holders: [ACCOUNT.account_holder],
      ...more.ofAccount,
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
