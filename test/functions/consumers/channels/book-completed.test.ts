import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { error, TOO_EARLY } from '../testing/answers.ts';
import { saysComplete } from '../testing/complete-book.ts';
import { createHarness, type Harness, type Receiving, receive } from '../testing/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
  saysComplete(harness.ocrolus);
  harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
});

const deliver = (body: unknown, receiving: Receiving = {}) => {
  const payload = { encoding: 'utf8', body: JSON.stringify(body) } as const;
  return receive(harness, [delivery('book.completed', { bookUuid: 'b' }, { payload })], receiving);
};
const kinds = async () => [...new Set((await harness.reader.results('b')).map(({ kind }) => kind))];
const named = async () =>
  (await harness.reader.missing('b')).filter(({ attempts }) => attempts > 0).map(({ kind }) => kind);
const CAPTURE = ['forms', 'paystubs', 'transactions'];
const ANALYTICS = ['cash-flow', 'enriched-transactions', 'summary'];

test.each([
  [['CAPTURE'], CAPTURE],
  [['ANALYTICS'], ANALYTICS],
  [['DETECT'], ['signals']],
  [['INCOME'], ['income']],
  [['CAPTURE', 'ANALYTICS', 'DETECT', 'INCOME'], [...ANALYTICS, ...CAPTURE, 'income', 'signals'].sort()],
])('of the tasks %s their results are fetched, and no more', async (tasks, expected) => {
  expect(await deliver({ tasks })).toEqual([]);
  expect(await kinds()).toEqual(expected);
  expect(await harness.reader.book('b')).toMatchObject({ completed: { state: 'completed' } });
});

test.each([
  ['does not name its tasks', {}],
  ['names only tasks that we do not know', { tasks: ['TEA'] }],
  ['names them in another shape', { tasks: 'CAPTURE, DETECT' }],
])('an event that %s is taken for the end of capture', async (_, body) => {
  expect(await deliver(body)).toEqual([]);
  expect(await kinds()).toEqual(CAPTURE);
});

test('an unknown task does not hold up the others', async () => {
  await deliver({ tasks: ['TEA', 'DETECT'] });
  expect(await kinds()).toEqual(['signals']);
});

test('what is stored already is not fetched again', async () => {
  await receive(harness, [delivery('book.analytics_v2.generated', { bookUuid: 'b' })]);
  harness.ocrolus.asked.splice(0);
  await deliver({ tasks: ['ANALYTICS', 'DETECT'] });
  expect(harness.ocrolus.asked.map(({ operation }) => operation)).toEqual([
    'book-status',
    'book-fraud-signals',
  ]);
  expect(await kinds()).toContain('signals');
});

test('a task that Ocrolus refuses does not hold up the others, and stays missing', async () => {
  harness.ocrolus.says(calls.bookSignals('b'), error(403, 9005));
  expect(await deliver({ tasks: ['CAPTURE', 'DETECT'] }, { attempts: 3 })).toEqual([]);
  expect(await kinds()).toEqual(CAPTURE);
  expect(await harness.reader.missing('b')).toContainEqual(
    expect.objectContaining({ kind: 'signals', state: 'pending', code: '9005' }),
  );
  expect(await harness.reader.book('b')).toMatchObject({
    completed: { state: 'completed' },
    complete: false,
    open: expect.arrayContaining(['signals']),
  });
});

test('a task that is not ready is pending: Ocrolus is done, the book is not complete', async () => {
  harness.ocrolus.says(calls.bookSignals('b'), TOO_EARLY);
  await deliver({ tasks: ['CAPTURE', 'DETECT'] }, { attempts: 3 });
  expect(await kinds()).toEqual(CAPTURE);
  expect(await harness.reader.book('b')).toMatchObject({ complete: false });
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1404' }]);
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
  for (const call of refusals) harness.ocrolus.says(call, TOO_EARLY);
  await deliver({ tasks }, { attempts: 3 });
  expect((await named()).sort()).toEqual(expected);
});

test('tasks are found in a body that was too large for the message', async () => {
  const body = Buffer.from(JSON.stringify({ padding: 'x'.repeat(1000), tasks: ['DETECT'] }));
  await harness.bodies.put('deliveries/1', body);
  const { bucket } = harness.bodies;
  const payload = { encoding: 's3', bucket, key: 'deliveries/1', bytes: body.length } as const;
  await receive(harness, [delivery('book.completed', { bookUuid: 'b' }, { payload })]);
  expect(await kinds()).toEqual(['signals']);
});
