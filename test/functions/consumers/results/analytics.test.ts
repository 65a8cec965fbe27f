import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { withParameters } from '../../../../shared/ocrolus/parameters.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';

const book = useBook();

beforeEach(() => book.says('VERIFYING'));

const SCORE = { body: { book_uuid: 'b', proba_default: 0.31, feature_importance: { base: -1 } } };
const OF_STATEMENTS = { body: { book_uuid: 'b', bank_statement_income: [{ account: { pk: 1 } }] } };

/** Receives the events of analytics and income of an active book. */
const deliver = (RESULTS: string, guideline?: 'FHA') => {
  book.redeploy({ settings: { RESULTS } });
  const own = guideline === undefined ? {} : { guideline };
  const PARAMETERS = { 'income-calculations': own, 'income-summary': own };
  Object.assign(book.consumers.dependencies.settings, { PARAMETERS });
  const income = { body: { incomes: [{ income_type: guideline }], borrowers: [] } };
  for (const call of [calls.incomeCalculations('b'), calls.incomeSummary('b')])
    book.answers(withParameters(call, PARAMETERS), income);
  book.answers(calls.riskScore('b'), SCORE);
  book.answers(calls.bankStatementIncome('b'), OF_STATEMENTS);
  const names = ['book.analytics_v2.generated', 'book.income.generated'];
  return book.receive(names.map((name) => book.event(name)));
};

test('risk score and bank-statement income are not asked for unless the settings say so', async () => {
  expect(await deliver('{}')).toEqual([]);
  expect([book.ocrolus.count('risk-score'), book.ocrolus.count('bsic')]).toEqual([0, 0]);
  expect(await book.missing()).toEqual([]);
});

test('where the settings ask for them, the events of analytics and income bring them as they came', async () => {
  expect(await deliver('{"risk-score":"announced","bank-statement-income":"announced"}')).toEqual([]);
  expect(await book.body('risk-score')).toBe(JSON.stringify(SCORE.body));
  expect(await book.body('bank-statement-income')).toBe(JSON.stringify(OF_STATEMENTS.body));
});

test('income is asked for by the guideline of the settings', async () => {
  expect(await deliver('{}', 'FHA')).toEqual([]);
  const targets = book.ocrolus.asked.filter(({ operation }) => operation.startsWith('income-'));
  expect(targets.map(({ target }) => target)).toEqual([
    '/v2/book/b/income-calculations?guideline=FHA',
    '/v2/book/b/income/summary?guideline=FHA',
  ]);
  expect(await book.body('income')).toContain('"FHA"');
});
