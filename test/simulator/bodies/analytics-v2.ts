import { type Book, statements } from '../state/book.ts';
import { integer } from '../state/json.ts';
import { accountPk } from './bank-account.ts';
import { uploadedDocuments } from './book.ts';
import { monthOf, type Row, rowsOf, sumOf } from './rows.ts';

/** v2 amounts are numbers. */
const dollars = (cents: number) => cents / 100;

function monthsOf(book: Book) {
  return statements(book).map((document) => ({ month: monthOf(document), rows: rowsOf(document) }));
}

function counts(book: Book) {
  const processed = book.documents.filter((document) => document.status === 'VERIFICATION_COMPLETE');
  return {
    number_of_docs_in_book: book.documents.length,
    number_of_docs_processed: processed.length,
    uploaded_docs: uploadedDocuments(book),
  };
}

/** Book summary: bare, with `book_pk` and `book_uuid` far apart. */
export function summaryBody(book: Book): unknown {
  const months = monthsOf(book);
  const rows = months.flatMap((month) => month.rows);
  const byMonth = (value: (rows: readonly Row[]) => number) =>
    Object.fromEntries(months.map(({ month, rows: ofMonth }) => [month, value(ofMonth)]));
  const deposits = (ofMonth: readonly Row[]) => ofMonth.filter((row) => row.cents > 0);
  const withdrawals = (ofMonth: readonly Row[]) => ofMonth.filter((row) => row.cents < 0);
  return {
    book_pk: integer(book.pk),
    book_name: book.name,
    txn_count: rows.length,
    naics4_code: 2383,
    naics_description: 'Building Finishing Contractors',
    book_mismatch_severity: null,
    daily_cash_flows: Object.fromEntries(rows.map((row) => [row.isoDate, dollars(row.cents)])),
    net_cash_flows_by_month: byMonth((ofMonth) => dollars(sumOf(ofMonth))),
    average_daily_balance: dollars(Math.round(sumOf(rows) / Math.max(1, rows.length))),
    total_days: months.length * 28,
    deposits_by_month: byMonth((ofMonth) => dollars(sumOf(deposits(ofMonth)))),
    withdrawals_by_month: byMonth((ofMonth) => dollars(sumOf(withdrawals(ofMonth)))),
    deposits_count_by_month: byMonth((ofMonth) => deposits(ofMonth).length),
    nsf_fee_count_by_month: byMonth(() => 0),
    fintech_loan_sources: [],
    bank_accounts: [
      { bank_account_pk: integer(accountPk(book)), bank_name: 'LANTERN BANK', txn_count: rows.length },
    ],
    missing_bank_accounts: [],
    ...counts(book),
    book_uuid: book.uuid,
  };
}

/** Cash flow features: three-month metrics are null while the statements cover less. */
export function cashFlowBody(book: Book): unknown {
  const months = monthsOf(book);
  const last = months.at(-1);
  const inflow = sumOf((last?.rows ?? []).filter((row) => row.cents > 0));
  const outflow = sumOf((last?.rows ?? []).filter((row) => row.cents < 0));
  const recent = months.length < 3 ? null : dollars(Math.round(inflow));
  return {
    book_uuid: book.uuid,
    book_start_month: `${months[0]?.month ?? ''}-01`,
    book_end_month: `${last?.month ?? ''}-01`,
    num_of_months: months.length,
    cash_flow_features: {
      credit_avg_1m: dollars(inflow),
      credit_avg_3m: recent,
      debit_avg_1m: dollars(-outflow),
      debit_avg_3m: recent,
      payroll_pmts_avg_1m: 0,
      payroll_pmts_avg_3m: recent === null ? null : 0,
    },
    ...counts(book),
  };
}

/** Enriched transactions: a page of rows, and everything else with every page. */
export function enrichedBody(book: Book, offset: number, limit: number): unknown {
  const rows = statements(book).flatMap((document) => rowsOf(document).map((row) => ({ document, row })));
  const page = rows.slice(offset, offset + limit);
  return {
    book_uuid: book.uuid,
    filtered_total: page.length,
    offset,
    limit,
    enriched_transactions: page.map(({ document, row }) => ({
      txn_pk: integer(row.pk),
      txn_date: row.isoDate,
      description: row.description,
      bank_account_pk: integer(accountPk(book)),
      uploaded_doc_pk: integer(document.pk),
      uploaded_doc_name: document.name,
      amount: dollars(row.cents),
      counterparty: row.counterparty,
      debit_card: row.cents < 0,
      deposits: row.cents > 0,
      expense: row.cents < 0,
      fintech_loan: false,
      fintech_loan_source: null,
      internal_transfer: false,
      payroll: false,
    })),
    total: rows.length,
    ...counts(book),
    mismatched_transactions: [],
    bank_checks: [],
    pending_plaid_transactions: [],
    analytic_constants_version: '1.0.0',
  };
}

export function riskScoreBody(book: Book): unknown {
  return {
    book_uuid: book.uuid,
    proba_default: 0.17,
    feature_importance: { credit_avg_3m: 0.08, debit_cv_3m: -0.02, base: -0.9 },
    model_version: 'simulated/20260101_000000',
    error: null,
  };
}

/** Rows of the whole book: above 100,000 only a job will do. */
export function transactionCount(book: Book): number {
  return statements(book).reduce((sum, document) => sum + document.transactions, 0);
}
