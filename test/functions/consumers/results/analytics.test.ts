import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { error, TOO_EARLY } from '../testing/answers.ts';
import type { ScriptedReply } from '../testing/ocrolus.ts';

const book = useBook();

beforeEach(() => book.says('VERIFYING'));

/** The event, once its quick tries are over. */
const deliverAnalytics = () => book.deliver('book.analytics_v2.generated', {}, { attempts: 3 });

test('summary, cash flow and enriched transactions are stored, and the book shows it', async () => {
  expect(await deliverAnalytics()).toEqual([]);
  expect(await book.reader.results('b')).toMatchObject([
    { kind: 'cash-flow', subject: 'b', operation: 'cash-flow-features', summary: { months: 1 } },
    { kind: 'enriched-transactions', subject: 'b', operation: 'enriched-transactions' },
    { kind: 'summary', subject: 'b', operation: 'Book-summary', summary: { documents: 1 } },
  ]);
  expect(await book.shown()).toMatchObject({ analytics: { state: 'available' } });
  expect(await book.missing()).toEqual([]);
});

test.each([
  ['is refused', error(403, 1203), '1203'],
  ['is not ready', TOO_EARLY, '1404'],
  ['fails', new Failure('retry', 'http-503'), 'http-503'],
])('one that %s does not hold up the others, and stays missing', async (_, reply, code) => {
  book.answers(calls.cashFlowFeatures('b'), reply);
  expect(await deliverAnalytics()).toEqual([]);
  expect(await book.stored()).toEqual(['enriched-transactions b', 'summary b']);
  expect(await book.shown()).toMatchObject({ analytics: { state: 'available' } });
  expect(await book.reader.missing('b')).toMatchObject([{ kind: 'cash-flow', state: 'pending', code }]);
});

const SCORE = { body: { book_uuid: 'b', proba_default: 0.31, feature_importance: { base: -1 } } };
const OF_STATEMENTS = { body: { book_uuid: 'b', bank_statement_income: [{ account: { pk: 1 } }] } };
const PRODUCTS = '{"risk-score":"announced","bank-statement-income":"announced"}';

/** Receives the events of analytics and income of an active book. */
const deliver = (RESULTS: string, replies: readonly ScriptedReply[] = [], INCOME_GUIDELINE?: 'FHA') => {
  book.redeploy({ settings: { RESULTS } });
  Object.assign(book.consumers.dependencies.settings, { INCOME_GUIDELINE });
  const income = { body: { incomes: [{ income_type: INCOME_GUIDELINE }], borrowers: [] } };
  book.answers(calls.incomeCalculations('b', INCOME_GUIDELINE), income);
  book.answers(calls.incomeSummary('b', INCOME_GUIDELINE), income);
  const [score = SCORE, ofStatements = OF_STATEMENTS] = replies;
  book.answers(calls.riskScore('b'), score);
  book.answers(calls.bankStatementIncome('b'), ofStatements);
  const names = ['book.analytics_v2.generated', 'book.income.generated'];
  return book.receive(
    names.map((name) => book.event(name)),
    { attempts: 3 },
  );
};

test('risk score and bank-statement income are not asked for unless the settings say so', async () => {
  expect(await deliver('{}')).toEqual([]);
  expect([book.ocrolus.count('risk-score'), book.ocrolus.count('bsic')]).toEqual([0, 0]);
  expect(await book.missing()).toEqual([]);
});

test('where the settings ask for them, the events of analytics and income bring them as they came', async () => {
  expect(await deliver(PRODUCTS)).toEqual([]);
  expect(await book.body('risk-score')).toBe(JSON.stringify(SCORE.body));
  expect(await book.body('bank-statement-income')).toBe(JSON.stringify(OF_STATEMENTS.body));
});

test.each([
  ['not there yet', TOO_EARLY, '1404'],
  ['refused', error(403, 2102), '2102'],
])('while they are %s, they are missing', async (_, reply, code) => {
  await deliver(PRODUCTS, [reply, reply]);
  expect(await book.reader.missing('b')).toMatchObject([
    { kind: 'risk-score', state: 'pending', code },
    { kind: 'bank-statement-income', state: 'pending', code },
  ]);
});

test('income is asked for by the guideline of the settings', async () => {
  expect(await deliver('{}', [], 'FHA')).toEqual([]);
  const targets = book.ocrolus.asked.filter(({ operation }) => operation.startsWith('income-'));
  expect(targets.map(({ target }) => target)).toEqual([
    '/v2/book/b/income-calculations?guideline=FHA',
    '/v2/book/b/income/summary?guideline=FHA',
  ]);
  expect(await book.body('income')).toContain('"FHA"');
});
