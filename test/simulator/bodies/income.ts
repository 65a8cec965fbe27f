import { type Book, statements } from '../state/book.ts';
import { integer } from '../state/json.ts';
import { transactionCount } from './analytics-v2.ts';
import { accountPk } from './bank-account.ts';
import { typeOf } from './transactions.ts';

/** Borrower, employer: stable, since there is one of each in a simulated book. */
function borrower(book: Book) {
  return { uuid: `b0${book.uuid.slice(2)}`, name: 'NORA ASHGROVE' };
}

function monthly(book: Book): number {
  return 3_400 + book.incomeRevision;
}

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
          alerts: [],
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

/** Income calculations: bare; values are strings, and so are pks here. */
export function incomeCalculationsBody(book: Book): unknown {
  const { uuid, name } = borrower(book);
  const employerUuid = `e0${book.uuid.slice(2)}`;
  const calculated = [{ name: 'monthly_base', value: `${monthly(book)}.00`, title: 'Base Income' }];
  return {
    book_uuid: book.uuid,
    incomes: book.documents
      .filter((document) => document.status === 'VERIFICATION_COMPLETE')
      .map((document) => ({
        borrower_uuid: uuid,
        business_uuid: employerUuid,
        income_type: 'WAGE_EARNER',
        forms: [
          {
            form_type: typeOf(document),
            form_uuid: document.form.uuid,
            uploaded_doc_pk: document.pk,
            page_doc_pks: [document.pk],
          },
        ],
        year: '2025',
        fields: [{ name: 'ytd_earnings', value: '40800.00', title: 'Earnings', page_doc_pk: document.pk }],
        calculated_fields: calculated,
        pay_type: 'Base Income',
        is_selected: true,
      })),
    borrowers: [{ uuid, name }],
    employers: [{ uuid: employerUuid, name: 'HILLSIDE CARPENTRY LLC' }],
    properties: [],
    alerts: [],
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

/** Bank statement income. */
export function bankStatementIncomeBody(book: Book): unknown {
  return {
    book_uuid: book.uuid,
    calculated_at: book.createdAt,
    bank_statement_income: [
      {
        account: {
          pk: integer(accountPk(book)),
          account_number: '000123400099',
          holder_name: 'HILLSIDE CARPENTRY LLC',
        },
        deposits: [],
        expenses: [],
        calculations: {
          nsf_count: 0,
          transaction_count: transactionCount(book),
          total_included_months: statements(book).length,
          qualifying_income_average: monthly(book),
        },
      },
    ],
  };
}
