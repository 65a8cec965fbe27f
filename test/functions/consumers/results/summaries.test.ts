import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RESULT_KINDS, type ResultKind } from '../../../../shared/events/result-kinds.ts';
import { outlineOf } from '../../../../shared/json/outline.ts';
import { RESULT_OUTLINE } from '../../../../shared/reconcile/results/outline.ts';
import { summarize } from '../../../../shared/reconcile/results/summaries.ts';

const EXAMPLES: [ResultKind, unknown, object][] = [
  [
    'forms',
    { response: { forms: [{ form_type: 'W2' }, { form_type: 'A_1099' }, { form_type: 'W2' }] } },
    { forms: 3, formTypes: 'A_1099 W2' },
  ],
  ['forms', { response: { forms: [] } }, { forms: 0 }],
  ['transactions', { response: { txns: [{}, {}] } }, { transactions: 2 }],
  ['paystubs', { response: [{}, {}] }, { payStubs: 2 }],
  ['paystubs', { response: [] }, { payStubs: 0 }],
  ['enriched-transactions', { enriched_transactions: [{}] }, { transactions: 1 }],
  ['analytics', { response: { bank_accounts: { 1: {}, 2: {} } } }, { bankAccounts: 2 }],
  [
    'analytics',
    { response: { 'request-1': { analytics_status: 'COMPLETED', analytics: { bank_accounts: [{}] } } } },
    { bankAccounts: 1 },
  ],
  ['analytics', { response: { 'request-1': { analytics_status: 'EXPIRED', analytics: null } } }, {}],
  ['summary', { number_of_docs_processed: 3, bank_accounts: [{}] }, { documents: 3, bankAccounts: 1 }],
  ['summary', { number_of_docs_processed: 3 }, { documents: 3 }],
  ['cash-flow', { num_of_months: 12 }, { months: 12 }],
  [
    'signals',
    {
      doc_analysis: [
        { form_analysis: [{ signals: [{}, {}], form_authenticity: { score: 70 } }] },
        { form_analysis: [{ signals: [{}], form_authenticity: { score: 15 } }, {}] },
        {},
      ],
    },
    { documents: 3, signals: 3, lowestScore: 15 },
  ],
  [
    'signals',
    {
      doc_analysis: [
        { form_analysis: [{ form_authenticity: { authenticity_status: 'HIGH' } }] },
        { form_analysis: [{ form_authenticity: { authenticity_status: 'very low' } }, {}] },
      ],
    },
    { documents: 2, signals: 0, lowestAuthenticity: 'VERY LOW' },
  ],
  ['business', { middesk_response: { status: 'approved' } }, { status: 'approved' }],
  ['workbook', {}, {}],
  ['original', {}, {}],
  ['visualizations', { images: ['a', 'b'] }, { images: 2 }],
  ['business-history', { id: 'a', name: 'Quillfeather Bakery' }, {}],
  ['income', { borrowers: [{}, {}], incomes: [{}] }, { borrowers: 2, incomes: 1 }],
  ['bank-statement-income', { bank_statement_income: [{}] }, { bankAccounts: 1 }],
  ['risk-score', { proba_default: 0.3, feature_importance: { a: 1, b: 2 } }, { features: 2 }],
  [
    'suspicious-activity',
    { response: { suspicious_activity_results: [{ flags: [{ suspicious_activity_detected: true }, {}] }] } },
    { flags: 2, detected: 1 },
  ],
  ['classification', { response: { forms: [{}] } }, { forms: 1 }],
];

test('every kind has an example', () => {
  expect(new Set(EXAMPLES.map(([kind]) => kind))).toEqual(new Set(RESULT_KINDS));
});

test.each(EXAMPLES)('%s of %j', (kind, json, expected) => {
  expect(summarize(kind, json)).toEqual(expected);
  // The outline of a body that is too large to be parsed.
  const outline = outlineOf(Buffer.from(JSON.stringify(json)), RESULT_OUTLINE);
  expect(summarize(kind, outline.json)).toEqual(expected);
});

test('types of forms that would not fit into an item are only counted', () => {
  const forms = Array.from({ length: 30_000 }, (_, n) => ({ form_type: `FORM_TYPE_${n}` }));
  expect(summarize('forms', { response: { forms } })).toEqual({ forms: 30_000 });
});

test('whatever Ocrolus sends, a summary is a few numbers and words, and never a failure', () => {
  fc.assert(
    fc.property(fc.constantFrom(...RESULT_KINDS), fc.jsonValue(), (kind, json) => {
      for (const fact of Object.values(summarize(kind, json)))
        expect(typeof fact).toMatch(/^(string|number)$/);
    }),
  );
});

test('a summary never carries an amount, a name or an account number', () => {
  const account = { name: 'Riverside Bakery', account_number: '12345678', balance: '99.10' };
  const bodies: Record<string, unknown> = {
    response: { bank_accounts: [account], forms: [{ form_type: 'W2', ...account }], txns: [account] },
    bank_accounts: [account],
    enriched_transactions: [account],
    incomes: [account],
    borrowers: [account],
    doc_analysis: [{ form_analysis: [{ signals: [account] }] }],
    middesk_response: { status: 'approved', ...account },
  };
  for (const kind of RESULT_KINDS) {
    const said = JSON.stringify([summarize(kind, bodies), summarize(kind, { response: [account] })]);
    for (const secret of Object.values(account)) expect(said).not.toContain(secret);
  }
});
