import { type Book, type Document, statements } from '../state/book.ts';
import { integer } from '../state/json.ts';
import { DAYS, largestOf, type Month, meanOf, monthsOf } from './analytics/months.ts';
import { ACCOUNT, accountPk, OPENING_CENTS } from './bank-account.ts';
import { dollars, type Row, sumOf } from './rows.ts';
import { typeOf } from './transactions.ts';

/** Borrower, employer: stable, since there is one of each in a simulated book. */
function borrower(book: Book) {
  return { uuid: `b0${book.uuid.slice(2)}`, name: 'NORA ASHGROVE' };
}

function monthly(book: Book): number {
  return 3_400 + book.incomeRevision;
}

const ALERT = { message: 'Review the year-to-date earnings of NORA ASHGROVE.', severity: 'HIGH' };

/** Income summary: bare, but with `status` and `message` among its fields. */
export function incomeSummaryBody(book: Book): unknown {
  const income = monthly(book);
  const none = { is_income_calculated: true, is_empty: true, total_income: 0, alerts: [] };
  return {
    book_uuid: book.uuid,
    income_summary_data: [
      {
        borrower_uuid: borrower(book).uuid,
        borrower_name: borrower(book).name,
        wage_earner_income: {
          total_income: income,
          alerts: [ALERT],
          is_income_calculated: true,
          is_empty: false,
        },
        self_employed_income: none,
        rental_income: none,
        other_income: none,
        total_income: income,
      },
    ],
    status: 200,
    message: 'Success',
    total: income,
  };
}

/** Income calculations: bare; values are strings, and so are pks here. Members depend on the type of income. */
export function incomeCalculationsBody(book: Book): unknown {
  const { uuid, name } = borrower(book);
  const employerUuid = `e0${book.uuid.slice(2)}`;
  const calculated = [{ name: 'monthly_base', value: `${monthly(book)}.00`, title: 'Base Income' }];
  const wages = (document: Document) => ({
    borrower_uuid: uuid,
    business_uuid: employerUuid,
    income_type: 'WAGE_EARNER',
    forms: [
      {
        form_type: typeOf(document),
        form_uuid: document.form.uuid,
        mixed_uploaded_doc_pk: document.mixed?.pk ?? document.pk,
        uploaded_doc_pk: document.pk,
        page_doc_pks: [document.pk],
        page_doc_pk: document.pk,
      },
    ],
    year: '2025',
    fields: [{ name: 'ytd_earnings', value: '40800.00', title: 'Earnings', page_doc_pk: document.pk }],
    calculated_fields: calculated,
    pay_type: 'Base Income',
    is_selected: true,
  });
  const other = {
    borrower_uuid: uuid,
    income_type: 'OTHER',
    fields: [{ name: 'amount_details', value: '0.00', title: 'Tip income monthly amount' }],
    is_active: true,
    other_income_collection: 'Tip income',
  };
  return {
    book_uuid: book.uuid,
    incomes: [
      ...book.documents.filter((document) => document.status === 'VERIFICATION_COMPLETE').map(wages),
      other,
    ],
    borrowers: [{ uuid, name }],
    employers: [{ uuid: employerUuid, name: ACCOUNT.account_holder }],
    properties: [
      {
        uuid: `f0${book.uuid.slice(2)}`,
        address: '2 CHISEL COURT NORTHFIELD VT 00000',
        city: 'NORTHFIELD',
        postal_code: '00000',
        address_line1: '2 CHISEL COURT',
        state: 'VT',
      },
    ],
    alerts: [{ ...ALERT, income_type: 'WAGE_EARNER' }],
    totals: [
      {
        borrower_uuid: uuid,
        income_type: 'WAGE_EARNER',
        business_uuid: employerUuid,
        calculated_fields: calculated,
      },
    ],
  };
}

/** Bank statement income: bare; dates are ISO and amounts numbers. */
export function bankStatementIncomeBody(book: Book): unknown {
  const months = monthsOf(book);
  const deposits = months.flatMap((month) => month.deposits.map((row) => deposit(month, row)));
  const rows = months.flatMap((month) => month.deposits);
  const large = largestOf(rows);
  const expenses = dollars(sumOf(months.flatMap((month) => month.withdrawals)));
  const average = dollars(meanOf(rows.map(({ cents }) => cents)));
  return {
    book_uuid: book.uuid,
    calculated_at: book.createdAt,
    bank_statement_income: [
      {
        account: {
          pk: integer(accountPk(book)),
          account_number: ACCOUNT.account_number,
          holder_name: ACCOUNT.account_holder,
        },
        deposits,
        expenses: [],
        nsf_transactions: [],
        calculations: {
          nsf_count: 0,
          statement_summary: months.map(statementSummary),
          large_deposit_summary: {
            average_deposit: average,
            percentage_amount: 50,
            deposit_threshold: average,
            threshold_base: 'AVERAGE_DEPOSIT',
            large_deposit_count: large.length,
            large_deposit_amount: dollars(sumOf(large)),
            large_deposit_txn_pks: large.map(({ pk }) => integer(pk)),
          },
          total_deposit_summary: {
            deposits: dollars(sumOf(rows)),
            included_deposits: dollars(sumOf(rows)),
            excluded_deposits: 0,
          },
          total_included_months: statements(book).length,
          qualifying_income_average: monthly(book),
        },
        recurring_counterparty_depositors: [],
        recurring_counterparty_expensers: [],
        recurring_transactions: large.map((row) => ({
          pk: integer(row.pk),
          date: row.isoDate,
          description: row.description,
          amount: dollars(row.cents),
        })),
        // Spelt so.
        total_withdrawls: expenses,
        total_expense_summary: { expenses, included_expenses: expenses, excluded_expenses: 0 },
        overdraft_transactions: [],
        monthly_statement_summary: null,
        negative_balance_day_summary: { total_negative_balance_days: 0, monthly_breakdown: [] },
      },
    ],
  };
}

function deposit({ document }: Month, row: Row) {
  return {
    pk: integer(row.pk),
    date: row.isoDate,
    description: row.description,
    amount: dollars(row.cents),
    page_doc_pk: integer(document.pk),
    period_pk: integer(document.form.pk),
    period_uuid: document.form.uuid,
    exclude: false,
    is_large: false,
    is_payroll: false,
    is_internal_transfer: false,
    is_recurring: false,
  };
}

function statementSummary({ month, rows, deposits }: Month) {
  return {
    begin_date: `${month}-01`,
    end_date: `${month}-${DAYS}`,
    total_deposits: dollars(sumOf(deposits)),
    total_nsf_count: 0,
    beginning_balance: dollars(OPENING_CENTS),
    ending_balance: dollars(OPENING_CENTS + sumOf(rows)),
    statement_status: true,
    period_pk: null,
  };
}
