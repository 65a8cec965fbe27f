import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { error, TOO_EARLY } from '../testing/answers.ts';
import { saysComplete } from '../testing/complete-book.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  saysComplete(stage.ocrolus);
  stage.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  stage.ocrolus.says(calls.incomeSummary('b'), { body: {} });
});

const announce = (body: unknown, receiving: Receiving = {}) => {
  const payload = { encoding: 'utf8', body: JSON.stringify(body) } as const;
  return receive(stage, [delivery('book.completed', { bookUuid: 'b' }, { payload })], receiving);
};
const kinds = async () => [...new Set((await stage.reader.results('b')).map(({ kind }) => kind))];
const named = async () =>
  (await stage.reader.missing('b')).filter(({ attempts }) => attempts > 0).map(({ kind }) => kind);
const ANALYTICS = ['cash-flow', 'enriched-transactions', 'summary'];

test.each([
  [['CAPTURE'], ['forms', 'transactions']],
  [['ANALYTICS'], ANALYTICS],
  [['DETECT'], ['signals']],
  [['INCOME'], ['income']],
  [
    ['CAPTURE', 'ANALYTICS', 'DETECT', 'INCOME'],
    ['cash-flow', 'enriched-transactions', 'forms', 'income', 'signals', 'summary', 'transactions'],
  ],
])('of the tasks %s their results are fetched, and no more', async (tasks, expected) => {
  expect(await announce({ tasks })).toEqual([]);
  expect(await kinds()).toEqual(expected);
  expect(await stage.reader.book('b')).toMatchObject({ completed: { state: 'completed' } });
});

test.each([
  ['does not name its tasks', {}],
  ['names only tasks that we do not know', { tasks: ['TEA'] }],
  ['names them in another shape', { tasks: 'CAPTURE, DETECT' }],
])('an event that %s is taken for the end of capture', async (_, body) => {
  expect(await announce(body)).toEqual([]);
  expect(await kinds()).toEqual(['forms', 'transactions']);
});

test('a task that we do not know does not hold up the others', async () => {
  await announce({ tasks: ['TEA', 'DETECT'] });
  expect(await kinds()).toEqual(['signals']);
});

test('what is stored already is not fetched again', async () => {
  await receive(stage, [delivery('book.analytics_v2.generated', { bookUuid: 'b' })]);
  stage.ocrolus.asked.splice(0);
  await announce({ tasks: ['ANALYTICS', 'DETECT'] });
  expect(stage.ocrolus.asked.map(({ operation }) => operation)).toEqual(['book-fraud-signals']);
  expect(await kinds()).toContain('signals');
});

test('a task that Ocrolus refuses does not hold up the others, and stays missing', async () => {
  stage.ocrolus.says(calls.bookSignals('b'), error(403, 9005));
  expect(await announce({ tasks: ['CAPTURE', 'DETECT'] })).toEqual([]);
  expect(await kinds()).toEqual(['forms', 'transactions']);
  expect(await stage.reader.missing('b')).toContainEqual(
    expect.objectContaining({ kind: 'signals', state: 'wanted', code: '9005' }),
  );
  expect(await stage.reader.book('b')).toMatchObject({
    completed: { state: 'completed' },
    complete: false,
    open: expect.arrayContaining(['signals']),
  });
});

test('a task that is not ready is pending: Ocrolus is done, the book is not complete', async () => {
  stage.ocrolus.says(calls.bookSignals('b'), TOO_EARLY);
  await announce({ tasks: ['CAPTURE', 'DETECT'] }, { attempts: 3 });
  expect(await kinds()).toEqual(['forms', 'transactions']);
  expect(await stage.reader.book('b')).toMatchObject({ complete: false });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1404' }]);
});

test.each([
  [
    ['ANALYTICS', 'INCOME'],
    ['cash-flow', 'enriched-transactions', 'income', 'summary'],
  ],
  [['DETECT'], ['signals']],
])('what of the tasks %s is missing is known: each has an entry of its own', async (tasks, expected) => {
  const refusals = [
    calls.bookSummary('b'),
    calls.cashFlowFeatures('b'),
    calls.enrichedTransactions('b'),
    calls.incomeCalculations('b'),
    calls.incomeSummary('b'),
    calls.bookSignals('b'),
  ];
  for (const call of refusals) stage.ocrolus.says(call, TOO_EARLY);
  await announce({ tasks }, { attempts: 3 });
  expect((await named()).sort()).toEqual(expected);
});

test('tasks are found in a body that was too large for the message', async () => {
  const body = Buffer.from(JSON.stringify({ padding: 'x'.repeat(1000), tasks: ['DETECT'] }));
  await stage.bodies.put('deliveries/1', body);
  const { bucket } = stage.bodies;
  const payload = { encoding: 's3', bucket, key: 'deliveries/1', bytes: body.length } as const;
  await receive(stage, [delivery('book.completed', { bookUuid: 'b' }, { payload })]);
  expect(await kinds()).toEqual(['signals']);
});
