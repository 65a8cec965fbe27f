import type { Book } from '../../state/book.ts';
import { integer } from '../../state/json.ts';
import { ACCOUNT, ACCOUNT_NAME, accountPk, OPENING_CENTS } from '../bank-account.ts';
import { dollars, type Row, sumOf } from '../rows.ts';
import { CATEGORIES } from './categories.ts';
import { documentCounts } from './common.ts';
import { DAYS, largestOf, type Month, meanOf, monthsOf } from './months.ts';

/** Sums of categories, all nothing, are written for these many months at most: there are 78 of them, twice. */
const CATEGORY_MONTHS = 3;

const NO_TRENDS = Object.fromEntries(
  ['cash_balance_trend', 'cash_flow_trend'].flatMap((name) =>
    [30, 60, 90].map((days) => [`${name}_${days}d`, 0]),
  ),
);

/** Book summary: bare, with `book_pk` and `book_uuid` far apart. */
export function summaryBody(book: Book): unknown {
  const months = monthsOf(book);
  return {
    book_pk: integer(book.pk),
    book_name: book.name,
    naics4_code: 2383,
    naics_description: 'Building Finishing Contractors',
    naics6_code: '238350',
    naics6_description: 'Finish Carpentry Contractors',
    naics_override: 'False',
    mcc_code: '1750',
    mcc_description: 'Carpentry Contractors',
    sic_code: '1751',
    sic_description: 'Carpentry Work',
    loan_inquiries: {
      smb_entity_name: ACCOUNT.account_holder,
      total_applications: 1,
      application_history: [{ created_ts: book.createdAt }],
      velocity: Object.fromEntries([30, 60, 90, 180, 270, 365].map((days) => [`${days}_day_count`, 1])),
    },
    book_mismatch_severity: 'low',
    ...figures(months),
    counterparties: [counterparties(months)],
    missing_bank_accounts: [
      { account_type: 'SAVINGS', account_number: '0077', total_transfered_to: 0, total_transfered_from: 0 },
    ],
    bank_accounts: [
      {
        bank_account_pk: integer(accountPk(book)),
        bank_account_name: ACCOUNT_NAME,
        ...ACCOUNT,
        ...figures(months),
        nsf_divisor: null,
        overdraft_divisor: null,
        active_dates: months.map(({ month }) => ({ start: `${month}-01`, end: `${month}-${DAYS}` })),
        missing_dates: [],
        periods: months.map(period),
      },
    ],
    ...documentCounts(book),
    book_uuid: book.uuid,
  };
}

/** What is said both of the book and of its bank account. */
function figures(months: readonly Month[]) {
  const rows = months.flatMap((month) => month.rows);
  const balances = months.flatMap((month) => month.balances);
  const byMonth = <T>(value: (month: Month) => T) =>
    Object.fromEntries(months.map((month) => [month.month, value(month)]));
  const sums = (of: (month: Month) => readonly Row[]) => byMonth((month) => dollars(sumOf(of(month))));
  const counts = (of: (month: Month) => readonly Row[]) => byMonth((month) => of(month).length);
  const none = byMonth(() => 0);
  const averages = {
    ...byName('average_daily_balance', dollars(meanOf(balances))),
    ...byName(
      'average_daily_balance',
      byMonth((month) => dollars(meanOf(month.balances))),
      '_by_month',
    ),
  };
  const deposits = sumOf(months.flatMap((month) => month.deposits));
  const withdrawals = sumOf(months.flatMap((month) => month.withdrawals));
  const source = {
    source: 'QUARRY CAPITAL',
    deposit_sum: 0,
    deposit_count: 0,
    deposits: Object.fromEntries(rows.slice(0, 1).map((row) => [row.isoDate, 0])),
    pmt_sum: 0,
    pmt_count: 0,
    pmt_frequency_days: 31,
    pmts: Object.fromEntries(rows.slice(0, 1).map((row) => [row.isoDate, 0])),
    events: [],
  };
  return {
    txn_count: rows.length,
    daily_balances: Object.fromEntries(rows.map((row, at) => [row.isoDate, dollars(balances[at] ?? 0)])),
    daily_cash_flows: Object.fromEntries(rows.map((row) => [row.isoDate, dollars(row.cents)])),
    average_daily_cash_flow: dollars(Math.round(sumOf(rows) / Math.max(1, months.length * DAYS))),
    net_cash_flows_by_month: sums((month) => month.rows),
    minimum_balance_by_month: byMonth((month) =>
      dollars(month.balances.reduce((a, b) => Math.min(a, b), OPENING_CENTS)),
    ),
    maximum_balance_by_month: byMonth((month) => dollars(month.balances.reduce((a, b) => Math.max(a, b), 0))),
    ...averages,
    total_days: months.length * DAYS,
    ...noNegativeBalances(byMonth),
    ...NO_TRENDS,
    average_txn_size_by_month: byMonth((month) =>
      dollars(meanOf(month.rows.map(({ cents }) => Math.abs(cents)))),
    ),
    average_deposits_by_month: byMonth((month) => dollars(meanOf(month.deposits.map(({ cents }) => cents)))),
    ...both('expense', 'withdrawals', (month) => month.withdrawals),
    ...both('revenue', 'deposits', (month) => month.deposits),
    revenue_deduction_by_month: none,
    outside_source_deposits_by_month: sums((month) => month.deposits),
    large_deposits_by_month: none,
    ...Object.fromEntries(NO_COUNTS.map((name) => [`${name}_count_by_month`, none])),
    ...noCategories(months),
    fintech_loan_sources: [source],
    fintech_mca_sources: [],
    num_fintech_loan_sources: 1,
    num_fintech_mca_sources: 0,
    cash_flow_at_a_glance: {
      total_revenue: dollars(deposits),
      total_expense: dollars(withdrawals),
      total_loan_proceeds: 0,
      total_loan_payments: 0,
      debt_coverage_ratio: 0,
      total_nsf_fee_count: 0,
    },
  };

  function both(first: string, second: string, of: (month: Month) => readonly Row[]) {
    return Object.fromEntries(
      [first, second].flatMap((name) => [
        [`${name}_by_month`, sums(of)],
        [`${name}_count_by_month`, counts(of)],
      ]),
    );
  }
}

const NO_COUNTS = [
  ...['nsf_fee', 'nsf_raw_fee', 'overdraft_fee', 'overdraft_raw_fee'],
  ...['returned_item_deposit', 'returned_item_withdrawal'],
];

/** The same for all days and for weekdays. */
function byName<T>(name: string, value: T, suffix = ''): Record<string, T> {
  return { [`${name}${suffix}`]: value, [`${name}_weekday${suffix}`]: value };
}

function noNegativeBalances(byMonth: <T>(value: (month: Month) => T) => Record<string, T>) {
  const [lists, counts] = [byMonth(() => []), byMonth(() => 0)];
  return {
    ...byName('negative_balances', lists, '_by_month'),
    ...byName('negative_balances', counts, '_count_by_month'),
  };
}

function noCategories(months: readonly Month[]) {
  const none = Object.fromEntries(months.slice(-CATEGORY_MONTHS).map(({ month }) => [month, 0]));
  return Object.fromEntries(
    CATEGORIES.flatMap((name) => [
      [`${name}_inflows_by_month`, none],
      [`${name}_outflows_by_month`, none],
    ]),
  );
}

function counterparties(months: readonly Month[]) {
  const amounts = new Map<string, number>();
  for (const { counterparty, cents } of months.flatMap((month) => month.deposits)) {
    amounts.set(counterparty, (amounts.get(counterparty) ?? 0) + cents);
  }
  const total = [...amounts.values()].reduce((sum, cents) => sum + cents, 0);
  const ranked = [...amounts].sort(([, a], [, b]) => b - a);
  return {
    category: 'revenue',
    distribution: ranked.map(([counterparty, cents], at) => ({
      counterparty,
      rank: at + 1,
      proportion: Math.round((cents / Math.max(1, total)) * 10_000) / 10_000,
      amount: dollars(cents),
    })),
    average_per_counterparty: dollars(Math.round(total / Math.max(1, amounts.size))),
    num_counterparties: amounts.size,
  };
}

const NOTHING_OF_A_PERIOD = {
  negative_balances: [],
  negative_balances_weekday: [],
  ...Object.fromEntries(
    ['nsf', 'overdraft'].flatMap((name) =>
      ['days_count', 'fee_sum', 'fee_count', 'raw_fee_count'].map((what) => [`${name}_${what}`, 0]),
    ),
  ),
  nsf_or_overdraft_days_count: 0,
  returned_item_deposit_count: 0,
  returned_item_withdrawal_count: 0,
  has_weekend_txn: true,
  large_deposits: 0,
  nsf_divisor: null,
  overdraft_divisor: null,
};

function period({ document, month, rows, deposits, withdrawals, balances }: Month) {
  const expense = dollars(sumOf(withdrawals));
  const revenue = dollars(sumOf(deposits));
  const mean = (of: readonly Row[]) => dollars(meanOf(of.map(({ cents }) => cents)));
  return {
    begin_date: `${month}-01`,
    end_date: `${month}-${DAYS}`,
    begin_balance: dollars(OPENING_CENTS),
    end_balance: dollars(OPENING_CENTS + sumOf(rows)),
    txn_count: rows.length,
    uploaded_doc_pk: integer(document.pk),
    missing_period_data: false,
    average_amount: mean(rows),
    ...byName('average_daily_balance', dollars(meanOf(balances))),
    average_daily_cash_flow: dollars(Math.round(sumOf(rows) / DAYS)),
    average_deposit: mean(deposits),
    deposit_sum: revenue,
    deposit_count: deposits.length,
    max_deposit: dollars(sumOf(largestOf(deposits))),
    average_withdrawal: mean(withdrawals),
    withdrawal_sum: expense,
    withdrawal_count: withdrawals.length,
    max_withdrawal: dollars(sumOf(largestOf(withdrawals))),
    revenue,
    revenue_count: deposits.length,
    revenue_deduction: 0,
    expense,
    expense_count: withdrawals.length,
    ...NOTHING_OF_A_PERIOD,
  };
}
