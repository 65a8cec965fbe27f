/** Kinds of transactions that v2 analytics sum up by month, and mark in each enriched row. */
export const CATEGORIES = [
  ...[
    'debt_consolidator',
    'factoring',
    'payroll',
    'insurance',
    'venmo_zelle_cashapp',
    'atm',
    'tolls',
    'paypal',
  ],
  ...['equipment_lease', 'checks', 'txn_four_zeros', 'txn_five_zeros', 'probable_recurring_txns'],
  ...[
    'fintech_loan',
    'bank_loan',
    'other_loan',
    'fintech_mca',
    'bank_cash_advance',
    'debit_card',
    'credit_card',
  ],
  ...['merchant_service', 'sba', 'remote', 'benefits', 'card_rewards', 'crypto', 'gambling', 'investment'],
  ...[
    'reversed',
    'state_tax',
    'payroll_tax',
    'federal_tax',
    'internal_transfer',
    'merchant_service_transfer',
  ],
  ...['wire_transfer', 'other_transfer', 'truck_stop', 'bank_branch', 'credit_builder'],
] as const;

/** What else is marked in an enriched row. */
const OTHER_FLAGS = [
  ...['bank', 'fintech', 'large_deposits', 'nsf', 'nsf_paid_or_negative_balance', 'nsf_returned_or_not_paid'],
  ...['overdraft', 'returned_item', 'revenue_deduction', 'revenue_deduction_other', 'is_noteworthy'],
  'unreconciled_internal_transfer',
] as const;

/** No flag is set; a row sets its own. Made once, because there are very many rows. */
export const NO_FLAGS: Readonly<Record<string, boolean>> = Object.freeze(
  Object.fromEntries([...CATEGORIES, ...OTHER_FLAGS].map((name) => [name, false])),
);

const STATISTICS = ['avg_1m', 'avg_3m', 'min_3m', 'max_3m', 'std_3m', 'cv_3m'] as const;
const TREND = '1m_3m_trend';
const COUNTS = ['count_1m', 'count_3m'] as const;

const both = (name: string, out: 'pmts' | 'withdrawals') => [`${name}_${out}`, `${name}_deposits`];

/** Flows with statistics and a trend. */
const FLOWS = [
  ...[
    'credit',
    'debit',
    'payroll_pmts',
    'toll_pmts',
    'outside_source_deposits',
    'truck_stop_pmts',
    'expense',
  ],
  ...['debit_card_pmts', 'credit_card_pmts', 'revenue', 'card_reward_deposits', 'revenue_deduction_other'],
  ...['deposits_from_reversals', 'state_tax_deposits', 'federal_tax_deposits'],
  ...['insurance', 'paypal', 'checks', 'bank_loan', 'other_loan', 'fintech_mca', 'bank_cash_advance', 'sba']
    .concat('remote', 'benefits', 'crypto', 'payroll_tax', 'debt_consolidator')
    .flatMap((name) => both(name, 'pmts')),
  ...['investment', 'internal_transfer', 'merchant_service_transfer', 'wire_transfer', 'other_transfer']
    .concat('bank_branch')
    .flatMap((name) => both(name, 'withdrawals')),
] as const;

/** Flows with counts, too. */
const COUNTED_FLOWS = [
  ...['venmo_zelle_cashapp', 'fintech_loan', 'credit_builder'].flatMap((name) => both(name, 'pmts')),
  ...['state_tax_pmts', 'federal_tax_pmts'],
  ...both('atm', 'withdrawals'),
];

const COUNTED = [
  ...['negative_bal', 'negative_bal_weekday', 'nsf_fee'],
  ...['txn_four_zeros', 'txn_five_zeros'].flatMap((name) => both(name, 'withdrawals')),
];

const BALANCES = ['bal_daily', 'bal_daily_weekday', 'bal_mindaily'];

const named = (names: readonly string[], suffixes: readonly string[]) =>
  names.flatMap((name) => suffixes.map((suffix) => `${name}_${suffix}`));

/** Every cash flow feature, by name. */
export const FEATURES: readonly string[] = [
  ...named(FLOWS, [...STATISTICS, TREND]),
  ...named(COUNTED_FLOWS, [...STATISTICS, ...COUNTS, TREND]),
  ...named(COUNTED, COUNTS),
  ...named(BALANCES, [...STATISTICS, 'trend_1m_3m']),
  ...named(['debit_credit', 'debit_rev'], ['1m_ratio', '3m_ratio']),
];

/** Wants three months of statements, and is `null` while there are fewer. */
export function isOfThreeMonths(feature: string): boolean {
  return feature.includes('3m');
}
