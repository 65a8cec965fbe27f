import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../../../../shared/events/channels.ts';
import { lambdaOf, synthesizeStack } from '../../testing/synthesized.ts';

const template = synthesizeStack({
  ocrolus: {
    incomeGuideline: 'USDA',
    parameters: {
      includeBboxes: true,
      minDaysToInclude: 32,
      includePendingPlaidTransactions: false,
      excludeDashboardUrl: true,
      bankStatementIncomeFrom: '2026-01-01',
      bankStatementIncomeTo: '2026-06-30',
      summaryScope: 'full',
      processUnknowns: true,
      extraFields: ['checks_num', 'casino_lottery_sum'],
    },
  },
  poll: { discoverFrom: '2026-01-01' },
  results: { income: 'always', forms: 'always', business: 'never' },
  retention: { results: 365, payloads: 90, documents: 730 },
});
const variablesOf = (name: string) => lambdaOf(template, name)[1].Properties.Environment.Variables;

describe.each(['poller', ...CHANNELS])('the environment of %s', (name) => {
  const { RESULTS, PARAMETERS, ...others } = variablesOf(name);
  const isPoller = name === 'poller';

  test('has settings without a default, and policies that differ from it', () => {
    expect(JSON.parse(RESULTS)).toEqual({ always: ['income'], never: ['business'] });
    expect(others).toMatchObject({ RESULT_DAYS: '365', DOCUMENT_DAYS: '730' });
    expect(others.POLL_DISCOVER_FROM).toBe(isPoller ? '2026-01-01' : undefined);
    // The poller writes no ledger.
    expect(others.PAYLOAD_DAYS).toBe(isPoller ? undefined : '90');
  });

  test('has the parameters that a lender may choose, by operation, unless it asks for no results', () => {
    const expected = {
      'doc-form-data': { include_bboxes: 'true' },
      'cash-flow-features': { min_days_to_include: '32' },
      'enriched-transactions': { include_pending_plaid_transactions: 'false' },
      'book-fraud-signals': { exclude_dashboard_url: 'true' },
      'doc-fraud-signals': { exclude_dashboard_url: 'true' },
      bsic: { start_date: '2026-01-01', end_date: '2026-06-30' },
      'Book-summary': { scope: 'full' },
      'classification-summary': { process_unknowns: 'true' },
      analytics: { extra_fields: 'checks_num,casino_lottery_sum' },
      'income-calculations': { guideline: 'USDA' },
      'income-summary': { guideline: 'USDA' },
    };
    expect(JSON.parse(PARAMETERS ?? 'null')).toEqual(isPoller ? null : expected);
  });
});
