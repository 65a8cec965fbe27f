import { type Book, statements } from '../state/book.ts';
import { integer } from '../state/json.ts';
import { accountPk, period } from './bank-account.ts';
import { decimal, monthOf, type Row, rowsOf, sumOf, usDate } from './rows.ts';
import { transactionsOf } from './transactions.ts';

/** The v1 analytics object: amounts are strings, months are `MM/YYYY`. Large: it repeats every row. */
export function analyticsV1(book: Book): unknown {
  const documents = statements(book);
  const months = documents.map((document) => ({
    month: usMonth(monthOf(document)),
    rows: rowsOf(document),
  }));
  const byMonth = (value: (rows: readonly Row[]) => string | number) =>
    Object.fromEntries(months.map(({ month, rows }) => [month, value(rows)]));
  const rows = months.flatMap((month) => month.rows);
  const deposits = rows.filter((row) => row.cents > 0);
  const withdrawals = rows.filter((row) => row.cents < 0);
  return {
    mca_payments_by_month: byMonth(() => '0.00'),
    average_daily_balance: decimal(Math.round(sumOf(rows) / Math.max(1, rows.length))),
    average_daily_balance_by_month: byMonth((ofMonth) => decimal(sumOf(ofMonth))),
    daily_balances: Object.fromEntries(rows.map((row) => [usDate(row.isoDate), decimal(row.cents)])),
    estimated_revenue_by_month: byMonth((ofMonth) => decimal(sumOf(ofMonth.filter((row) => row.cents > 0)))),
    txn_count: rows.length,
    average_by_month: byMonth((ofMonth) => decimal(Math.round(sumOf(ofMonth) / Math.max(1, ofMonth.length)))),
    withdrawal_sum: decimal(sumOf(withdrawals)),
    withdrawal_count: withdrawals.length,
    deposit_sum: decimal(sumOf(deposits)),
    deposit_count: deposits.length,
    pk: integer(book.pk),
    name: book.name,
    bank_accounts: [
      {
        pk: integer(accountPk(book)),
        bank_name: 'LANTERN BANK',
        account_type: 'CHECKING',
        periods: documents.map((document) => period(document, accountPk(book))),
        transactions: documents.flatMap((document) => transactionsOf(document, accountPk(book))),
      },
    ],
  };
}

function usMonth(isoMonth: string): string {
  const [year, month] = isoMonth.split('-');
  return `${month}/${year}`;
}
