import { expect, test } from 'vitest';
import type { ResultsPolicy } from '../../../../shared/checklist/kinds.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, error, TOO_EARLY } from '../testing/answers.ts';
import { saysAnalytics } from '../testing/complete-book.ts';
import { createHarness, receive } from '../testing/harness.ts';

const INCOME = { body: { incomes: [], borrowers: [] } };
const SCORE = { body: { book_uuid: 'b', proba_default: 0.31, feature_importance: { base: -1 } } };
const OF_STATEMENTS = { body: { book_uuid: 'b', bank_statement_income: [{ account: { pk: 1 } }] } };

async function createProductHarness(results: Partial<ResultsPolicy>) {
  const harness = createHarness(await memoryTable(), { results });
  const { ocrolus } = harness;
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  saysAnalytics(ocrolus);
  ocrolus.says(calls.incomeCalculations('b'), INCOME);
  ocrolus.says(calls.incomeSummary('b'), INCOME);
  ocrolus.says(calls.riskScore('b'), SCORE);
  ocrolus.says(calls.bankStatementIncome('b'), OF_STATEMENTS);
  const deliver = (attempts = 1) =>
    receive(
      harness,
      ['book.analytics_v2.generated', 'book.income.generated'].map((name) =>
        delivery(name, { bookUuid: 'b' }),
      ),
      { attempts },
    );
  return { ...harness, deliver };
}

const PRODUCTS = { 'risk-score': 'announced', 'bank-statement-income': 'announced' } as const;

test('risk score and bank-statement income are not asked for unless the settings say so', async () => {
  const { deliver, ocrolus, reader } = await createProductHarness({});
  expect(await deliver()).toEqual([]);
  expect([ocrolus.count('risk-score'), ocrolus.count('bsic')]).toEqual([0, 0]);
  expect(await reader.missing('b')).toEqual([]);
});

test('where the settings ask for them, the events of analytics and income bring them as they came', async () => {
  const { deliver, reader } = await createProductHarness(PRODUCTS);
  expect(await deliver()).toEqual([]);
  expect(String(await reader.resultBody('b', 'risk-score'))).toBe(JSON.stringify(SCORE.body));
  expect(String(await reader.resultBody('b', 'bank-statement-income'))).toBe(
    JSON.stringify(OF_STATEMENTS.body),
  );
});

test.each([
  ['not there yet', TOO_EARLY, 'pending', '1404'],
  ['refused', error(403, 2102), 'pending', '2102'],
])('while they are %s, they are missing', async (_, reply, state, code) => {
  const { deliver, ocrolus, reader } = await createProductHarness(PRODUCTS);
  ocrolus.says(calls.riskScore('b'), reply);
  ocrolus.says(calls.bankStatementIncome('b'), reply);
  await deliver(3);
  expect(await reader.missing('b')).toMatchObject([
    { kind: 'risk-score', state, code },
    { kind: 'bank-statement-income', state, code },
  ]);
});

test('income is asked for by the guideline of the settings', async () => {
  const { deliver, ocrolus, reader, dependencies } = await createProductHarness({});
  const fha = { body: { incomes: [{ income_type: 'FHA' }], borrowers: [] } };
  ocrolus.says(calls.incomeCalculations('b', 'FHA'), fha);
  ocrolus.says(calls.incomeSummary('b', 'FHA'), fha);
  Object.assign(dependencies.settings, { INCOME_GUIDELINE: 'FHA' });
  expect(await deliver()).toEqual([]);
  const targets = ocrolus.asked.filter(({ operation }) => operation.startsWith('income-'));
  expect(targets.map(({ target }) => target)).toEqual([
    '/v2/book/b/income-calculations?guideline=FHA',
    '/v2/book/b/income/summary?guideline=FHA',
  ]);
  expect(String(await reader.resultBody('b', 'income'))).toBe(JSON.stringify(fha.body));
});
