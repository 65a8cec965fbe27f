/**
 * Differences between simulator and documents that are intended, each with the reason. Remove one here when it no longer exists.
 */
export const KNOWN_DIFFERENCES: readonly (readonly [difference: RegExp, reason: string])[] = [
  // Where the documents contradict themselves or what is observed.
  [
    /^book-status 200: (schema)?\.response\.docs\[\]\.mixed_uploaded_doc_pk/,
    'null for a document that was uploaded by itself, as in Book info; in the example both were split',
  ],
  [/^book-status 200: \.response\.mixed_docs is sometimes missing/, 'documented: only when there are any'],
  [
    /^transactions 200: \.response\.uploaded_docs\{\}\.mixed_uploaded_doc_(pk|uuid) is null/,
    'null for a document that was uploaded by itself; in the example all were split',
  ],
  [
    /^book-list 200: (schema)?\.response(:|\.(_links|books|limit|total_book_count)| is object)/,
    'with `limit` it is an object (OpenAPI 3.1.1, docs/ocrolus.md#book-list)',
  ],
  [
    /^(book|doc)-fraud-signals 200: schema\.doc_analysis\[\]\.form_analysis(\[\]\.signals)?: must NOT have fewer/,
    'a clean or pending document has none, and OpenAPI 3.1.1 makes them optional (docs/ocrolus.md#signals)',
  ],
  [
    /^webhook-configuration 200: (schema)?\.response\.webhook_endpoint/,
    'null when none is set (OpenAPI 3.1.1, docs/ocrolus.md#account-level)',
  ],
  [
    /^async-analytics-result 200: \.response\{\}\.analytics is null/,
    'while the request is processed, and when it has expired: only the completed one is documented',
  ],
  [
    /^enriched-transactions 200: \.pending_plaid_transactions is sometimes missing/,
    'documented: only when they are asked for',
  ],
  [
    /^income-summary 400: an answer without code is answered otherwise/,
    'a wrong guideline is a fault of the query; the example, although named after it, is of the path',
  ],

  // Answers that the documents of the operation do not list.
  [/^\(none\) 200: code 404 is not documented/, 'an unknown route, as observed (docs/ocrolus.md#envelopes)'],
  [
    /^[\w-]+ 400: code (1404|1511) is not documented/,
    'not ready yet; on the status-code page for every capture call (docs/ocrolus.md#error-codes)',
  ],
  [
    /^(async-analytics-result|retrieve-business) 400: code 2301 is not documented/,
    'no such id; on the status-code page (docs/ocrolus.md#error-codes)',
  ],
  [
    /^(book-list|create-a-book|configure-webhook-secret-account-level) 400: code (1003|1103) is not documented/,
    'a wrong request; on the status-code page (docs/ocrolus.md#error-codes)',
  ],
  [
    /^test-webhook 400: code 1806 is not documented/,
    'no webhook to test, as observed (docs/ocrolus.md#account-level)',
  ],
  [
    /^(book|doc)-fraud-signals 403: an answer without code is not documented/,
    'the document has this answer of Detect, for visualizations only',
  ],
  [
    /^income-(summary|calculations) 425: code 9004 is not documented/,
    'until income is calculated, as observed (docs/ocrolus.md#event-order)',
  ],
  [
    /^income-(summary|calculations) 403: code 2102 is not documented/,
    'no document says how income refuses a book; this is how the analyze family does',
  ],
  [/^risk-score 422: code 1100 is not documented/, 'as the rest of the analyze family'],
  [
    /^classification-summary \d+: /,
    'only in OpenAPI 3.1.1, which is not at hand; its fields are checked by a test of their own',
  ],
  [/^signal-visualization 200: an answer without code is not documented/, 'an image has no JSON'],

  // Documented answers that are never given.
  [
    /^(analytics|async-analytics-request) 400: code 9002 is not answered/,
    'what a "type of case" is that analytics do not support is nowhere said',
  ],
  [
    /^((book|doc)-paystub-data|paystub-data|(create|retrieve)-business|suspicious-activity-flags) 400: code 1103 is not answered/,
    'a path without its id is another route: no call can lack it',
  ],
  [/^create-a-book 400: code 2111 is not answered/, 'the product creates no books'],
  [
    /^list-book-copy-jobs 40[01]: (code 1200|an answer without code) is (not answered|answered otherwise)/,
    'a bad token is answered alike everywhere; here the example has other members, which nobody reads',
  ],
  [
    /^add-webhook 400: code 1000 is answered otherwise/,
    'the only example is of credentials; the texts of other faults are from the schema',
  ],
  [
    /^((bsic|analytics|legacy-analytics)-excel|benchmarking-CFB|credit-shopping-events|book-from-loan|loan-from-book|vendor-auth): is not served/,
    'the product never asks for it',
  ],

  // What a simulated book does not have.
  [
    /\.(custom_nike|custom_tag|rideshare|sahil_sample)(_by_month)? is missing/,
    'tags that the organization of the example has made for itself',
  ],
  [
    /^Book-summary 200: \.bank_accounts\[\]\.periods\[\]\.[a-z_]+ is never shown/,
    'of a statement that does not reconcile, and so only in some periods of the example',
  ],
  [
    /negative_balances(_by_month)?(_weekday)?(\{\})?\[\] is never shown/,
    'no simulated account is ever overdrawn',
  ],
  [
    /^(analytics|async-analytics-result) 200: .*\.(alternative_lender_transactions|interbank_transactions|merchant_cash_advance_lender_txns|non_estimated_revenue_txns_list|payroll|probable_recurring_txns|round_number_txns|credit_transfer)\[\] is never shown/,
    'simulated statements have no such transactions',
  ],
  [
    /^(analytics|async-analytics-result) 200: .*calc_txns\.(added|deducted)_\w+(\{\})?\[\] is never shown/,
    'no simulated transaction corrects the revenue',
  ],
  [
    /^income-calculations 200: \.incomes\[\]\.[a-z_]+ is never shown/,
    'members of rental, other and self-employed income; the borrower earns wages and tips',
  ],
];
