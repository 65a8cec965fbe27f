import type { Book } from '../../state/book.ts';
import { integer } from '../../state/json.ts';
import { accountFacts, accountPk, period } from '../bank-account.ts';
import { decimal, type Row, sumOf, usDate } from '../rows.ts';
import { DAYS, largestOf, type Month, meanOf, monthsOf, smallestOf } from './months.ts';

/** The v1 analytics object: amounts are strings, months are `MM/YYYY`. Large: it repeats every row. */
export function analyticsV1(book: Book): unknown {
  const months = monthsOf(book);
  const byMonth = monthly(months);
  const figures = commonFigures(months);
  const daily = dailyBalances(months);
  const dailyByMonth = byMonth((month) => dailyBalances([month]));
  return {
    ...figures,
    // A number here, and a text in the account.
    cash_expense_days_by_month: byMonth(() => 31.25),
    daily_balances: daily,
    daily_balances_weekday: daily,
    daily_balances_by_month: dailyByMonth,
    daily_balances_weekday_by_month: dailyByMonth,
    pk: integer(book.pk),
    name: book.name,
    bank_accounts: [bankAccount(book, months)],
  };
}

/** The row of v1 analytics: fewer members than that of the transactions. */
function v1Row(document: Month['document'], bankAccountPk: string) {
  return (row: Row) => ({
    amount: decimal(row.cents),
    bank_account_pk: integer(bankAccountPk),
    bbox: [140, 300, 1500, 340],
    description: row.description,
    page_doc_pk: integer(document.pk),
    txn_date: usDate(row.isoDate),
    page_idx: 0,
    uploaded_doc_pk: integer(document.pk),
    pk: integer(row.pk),
  });
}

/** What is said both of the book and of its bank account. */
function commonFigures(months: readonly Month[]) {
  const byMonth = monthly(months);
  const rows = months.flatMap((month) => month.rows);
  const deposits = months.flatMap((month) => month.deposits);
  const withdrawals = months.flatMap((month) => month.withdrawals);
  const balance = decimal(meanOf(months.flatMap((month) => month.balances)));
  const balances = byMonth((month) => decimal(meanOf(month.balances)));
  const none = byMonth(() => '0.00');
  const noDays = byMonth(() => []);
  const mean = (of: readonly Row[]) => decimal(meanOf(of.map(({ cents }) => cents)));
  return {
    mca_payments_by_month: none,
    alt_lender_payments_by_month: none,
    average_daily_balance: balance,
    average_daily_balance_weekday: balance,
    average_daily_balance_by_month: balances,
    average_daily_balance_weekday_by_month: balances,
    negative_balances_by_month: noDays,
    negative_balances_by_month_weekday: noDays,
    estimated_revenue_by_month: byMonth((month) => decimal(sumOf(month.deposits))),
    estimated_expense_by_month: byMonth((month) => decimal(sumOf(month.withdrawals))),
    estimated_daily_expense_by_month: byMonth((month) =>
      decimal(Math.round(sumOf(month.withdrawals) / DAYS)),
    ),
    cash_expense_days_by_month: byMonth(() => '31.00'),
    average_by_month: byMonth((month) => mean(month.rows)),
    average_deposit_by_month: byMonth((month) => mean(month.deposits)),
    txn_count: rows.length,
    withdrawal_sum: decimal(sumOf(withdrawals)),
    withdrawal_count: withdrawals.length,
    deposit_sum: decimal(sumOf(deposits)),
    deposit_count: deposits.length,
  };
}

/** Kinds of transactions that are counted and summed up; the simulated statements have none of them. */
const NONE_OF = [
  ...['atm_withdrawals', 'branch_withdrawals', 'credit_card_payments', 'equipment_lease_payments'],
  ...['insurance_payments', 'merchant_service_deposits', 'paypal', 'payroll', 'remote_deposits'],
  ...['state_tax_payments', 'tolls', 'transfer', 'usa_tax_payments', 'venmo_zelle_cashapp'],
].flatMap((name): [string, unknown][] => [
  [`${name}_num`, 0],
  [`${name}_sum`, '0.00'],
]);

const EMPTY_LISTS = [
  ...['alternative_lender_transactions', 'debt_consolidator_txns', 'factor_txns', 'insurance_credits'],
  ...['insurance_debits', 'insurance_terms', 'interbank_transactions', 'merchant_cash_advance_lender_txns'],
  ...['negative_balances_weekday', 'non_estimated_revenue_txns_list', 'nsf_transactions', 'payroll'],
  ...['nsf_transactions_paid_or_negative_balance', 'nsf_transactions_returned_or_not_paid'],
  ...['period_balance_mismatches', 'ppp_loan_txns', 'probable_recurring_txns', 'round_number_txns'],
].map((name): [string, unknown] => [name, []]);

const TRENDS = ['cash_balance_trend', 'cash_flow_trend'].flatMap((name) =>
  [30, 60, 90].map((days): [string, unknown] => [`${name}_${days}d`, '0.00']),
);

const NOTHING = Object.fromEntries([...NONE_OF, ...EMPTY_LISTS, ...TRENDS]);

function bankAccount(book: Book, months: readonly Month[]) {
  const pk = accountPk(book);
  const byMonth = monthly(months);
  const rowsOf = (month: Month, rows: readonly Row[]) => rows.map(v1Row(month.document, pk));
  const every = (of: (month: Month) => readonly Row[]) => months.flatMap((month) => rowsOf(month, of(month)));
  const flows = Object.fromEntries(
    months.flatMap((month) => month.rows.map((row) => [usDate(row.isoDate), decimal(row.cents)])),
  );
  const flow = decimal(
    Math.round(sumOf(months.flatMap((month) => month.rows)) / Math.max(1, months.length * DAYS)),
  );
  const negative = every((month) => month.withdrawals).map((row) => row.txn_date);
  const withdrawals = every((month) => month.withdrawals);
  const deposits = every((month) => month.deposits);
  const noRows = byMonth(() => []);
  return {
    ...accountFacts(
      book,
      months.map(({ document }) => document),
    ),
    ...commonFigures(months),
    ...NOTHING,
    checks_num: 0,
    checks_highest_incidence: ['0.00', 0],
    txn_four_zeros: 0,
    nsf_count: 0,
    nsf_count_by_month: byMonth(() => '0.00'),
    nsf_transactions_paid_or_negative_balance_count_by_month: byMonth(() => 0),
    nsf_transactions_returned_or_not_paid_count_by_month: byMonth(() => 0),
    average_alt_lender_payments: '0.00',
    average_mca_payments: '0.00',
    daily_balances: dailyBalances(months),
    daily_cash_flows: flows,
    daily_cash_flows_weekday: flows,
    average_daily_cash_flow: flow,
    average_daily_cash_flow_weekday: flow,
    net_cash_flows_by_month: byMonth((month) => decimal(sumOf(month.rows))),
    minimum_balance_by_month: byMonth((month) =>
      decimal(month.balances.reduce((a, b) => Math.min(a, b), 1e12)),
    ),
    estimated_daily_revenue_by_month: byMonth((month) => decimal(Math.round(sumOf(month.deposits) / DAYS))),
    recurring_vs_episodic_inflows_by_month: byMonth(() => '0.00'),
    recurring_vs_episodic_outflows_by_month: byMonth(() => '0.00'),
    negative_cash_flows: negative,
    negative_cash_flows_weekday: negative,
    deposits_sum_by_month: byMonth((month) => decimal(sumOf(month.deposits))),
    deposits_count_by_month: byMonth((month) => month.deposits.length),
    deposit_min_by_month: byMonth((month) => rowsOf(month, smallestOf(month.deposits))),
    deposit_max_by_month: byMonth((month) => rowsOf(month, largestOf(month.deposits))),
    withdrawals_sum_by_month: byMonth((month) => decimal(sumOf(month.withdrawals))),
    withdrawals_max_by_month: byMonth((month) => rowsOf(month, largestOf(month.withdrawals))),
    withdrawals,
    estimated_expense_txns_list: withdrawals,
    estimated_revenue_txns_list: deposits,
    outside_source_deposits: deposits,
    estimated_revenue_by_month_calc_txns: {
      ...Object.fromEntries(CALCULATED.map((name) => [name, noRows])),
      deposits: byMonth((month) => rowsOf(month, month.deposits)),
    },
    transfer: { debit_transfer: [], credit_transfer: [] },
    suspicious_activities: {
      has_weekend_transactions: true,
      high_amount_average_daily_balance: false,
      balance_ending_with_zero: false,
      no_txn_in_weekdays_within_period: false,
      high_txns_amount_atm_over_cash: false,
      high_txns_count_atm_over_cash: false,
    },
    total_days: months.length * DAYS,
    periods: months.map((month) => periodOf(month, pk)),
  };
}

/** What revenue is calculated from, beside the deposits. */
const CALCULATED = [
  ...['added_factoring_txns', 'added_specific_terms_txns', 'deducted_alternative_lender_txns'],
  ...['deducted_specific_terms_txns', 'deducted_transfer_deposit_txns'],
];

function periodOf(month: Month, pk: string) {
  const { document, rows, deposits, withdrawals, balances } = month;
  const { uuid: _, ...facts } = period(document, pk);
  const of = (some: readonly Row[]) => some.map(v1Row(document, pk));
  const mean = (some: readonly Row[]) => decimal(meanOf(some.map(({ cents }) => cents)));
  const balance = decimal(meanOf(balances));
  const flow = decimal(Math.round(sumOf(rows) / DAYS));
  const negative = withdrawals.map((row) => usDate(row.isoDate));
  const name = usMonth(month.month);
  return {
    ...facts,
    // Here it is the word, not a null.
    primary_recon_error_reason: 'None',
    secondary_recon_error_reason: 'None',
    txn_count: rows.length,
    average_amount: mean(rows),
    average_daily_balance: balance,
    average_daily_balance_weekday: balance,
    average_daily_cash_flow: flow,
    average_daily_cash_flow_weekday: flow,
    average_deposit: mean(deposits),
    deposit_min: of(smallestOf(deposits)),
    deposit_max: of(largestOf(deposits)),
    deposit_sum: decimal(sumOf(deposits)),
    deposit_count: deposits.length,
    withdrawal_sum: decimal(sumOf(withdrawals)),
    withdrawal_count: withdrawals.length,
    withdrawals_max: of(largestOf(withdrawals)),
    estimated_revenue: decimal(sumOf(deposits)),
    estimated_revenue_calc_txns: {
      ...Object.fromEntries(CALCULATED.map((list) => [list, []])),
      deposits: of(deposits),
    },
    negative_balances: [],
    negative_balances_weekday: [],
    negative_cash_flows: negative,
    negative_cash_flows_weekday: negative,
    nsf_count: 0,
    nsf_transactions_paid_or_negative_balance_count: 0,
    nsf_transactions_returned_or_not_paid_count: 0,
    period_month_days: { [name]: DAYS },
    period_month_txns: { [name]: rows.length },
    payroll: '0.00',
    alternative_lender_transactions: [],
  };
}

function monthly(months: readonly Month[]) {
  return <T>(value: (month: Month) => T): Record<string, T> =>
    Object.fromEntries(months.map((month) => [usMonth(month.month), value(month)]));
}

function dailyBalances(months: readonly Month[]): Record<string, string> {
  return Object.fromEntries(
    months.flatMap(({ rows, balances }) =>
      rows.map((row, at) => [usDate(row.isoDate), decimal(balances[at] ?? 0)]),
    ),
  );
}

function usMonth(isoMonth: string): string {
  const [year, month] = isoMonth.split('-');
  return `${month}/${year}`;
}
