import { type Book, type Document, statements } from '../../state/book.ts';
import { integer } from '../../state/json.ts';
import { accountPk } from '../bank-account.ts';
import { dollars, monthOf, type Row, rowsOf } from '../rows.ts';
import { bankCheck } from '../transactions.ts';
import { NO_FLAGS } from './categories.ts';
import { documentCounts } from './common.ts';

export interface Page {
  /** Counted from the latest row. */
  readonly offset: number;
  readonly limit: number;
  /** Those that have not been posted yet are listed only when they are asked for. */
  readonly withPending: boolean;
  /** Whether `total` counts the rows of the book, as it is documented, or of the page, as in the vendor's example. */
  readonly totals: 'book' | 'page';
}

/** Enriched transactions: a page of rows, the latest first, and everything else with every page. */
export function enrichedBody(book: Book, { offset, limit, withPending, totals }: Page): unknown {
  const rows = statements(book)
    .flatMap((document) => rowsOf(document).map((row) => ({ document, row })))
    .reverse();
  const page = rows.slice(offset, offset + limit);
  const [first] = statements(book);
  return {
    book_uuid: book.uuid,
    filtered_total: totals === 'page' ? limit : page.length,
    offset,
    limit,
    enriched_transactions: page.map(({ document, row }) => enrichedRow(book, document, row)),
    total: totals === 'page' ? page.length : rows.length,
    ...documentCounts(book),
    mismatched_transactions: page.slice(0, 1).map(({ document, row }) => mismatched(document, row)),
    bank_checks: first === undefined ? [] : [bankCheck(book, first, first.form.uuid)],
    ...(withPending && { pending_plaid_transactions: first === undefined ? [] : [pending(first)] }),
    analytic_constants_version: '1.0.6',
  };
}

function enrichedRow(book: Book, document: Document, row: Row) {
  const isDeposit = row.cents > 0;
  return {
    txn_pk: integer(row.pk),
    txn_date: row.isoDate,
    description: row.description,
    bank_account_pk: integer(accountPk(book)),
    uploaded_doc_pk: integer(document.pk),
    uploaded_doc_name: document.name,
    amount: dollars(row.cents),
    ...NO_FLAGS,
    counterparty: row.counterparty,
    debit_card: !isDeposit,
    expense: !isDeposit,
    withdrawals: !isDeposit,
    deposits: isDeposit,
    revenue: isDeposit,
    outside_source_deposits: isDeposit,
    fintech_loan_source: null,
    fintech_mca_source: null,
    comment: null,
    page_idx: 0,
    reconciled_txn_pk: null,
  };
}

/** A row that Plaid and the statement tell differently. */
function mismatched(document: Document, row: Row) {
  return {
    txn_pk: integer(row.pk),
    txn_date: row.isoDate,
    description: row.description,
    amount: dollars(row.cents),
    uploaded_doc_pk: integer(document.pk),
    uploaded_doc_format: 'BANK_STATEMENT',
    severity: 'Low',
    reason_code: 'category_mismatch',
    related_txn_pk: integer(row.pk),
    tags: 'expense',
    counterparty: row.counterparty,
  };
}

function pending(document: Document) {
  return {
    amount: '14.65',
    description: 'CRESCENT POWER PENDING',
    iso_currency_code: 'USD',
    plaid_account_id: 'simulated-account',
    plaid_txn_id: 'simulated-transaction',
    txn_date: `${monthOf(document)}-28`,
    uploaded_doc_uuid: document.uuid,
  };
}
