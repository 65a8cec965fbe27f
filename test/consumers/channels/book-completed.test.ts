import { beforeEach, expect, test } from 'vitest';
import { observe } from '../../../functions/consumers/book-completed.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { writeStrand } from '../../../shared/store/strands.ts';
import { WRITER } from '../../store/testing/observations.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, saysCaptured, signals, TOO_EARLY } from '../testing/answers.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  const { ocrolus } = stage;
  const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFIED', docs));
  saysCaptured(ocrolus, 'b', 'd');
  ocrolus.says(calls.bookSummary('b'), { body: {} });
  ocrolus.says(calls.cashFlowFeatures('b'), { body: {} });
  ocrolus.says(calls.enrichedTransactions('b'), { body: { enriched_transactions: [] } });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
});

const tell = (body: unknown, receiving: Receiving = {}) => {
  const payload = { encoding: 'utf8', body: JSON.stringify(body) } as const;
  return receive(stage, observe, [delivery('book.completed', { bookUuid: 'b' }, { payload })], receiving);
};
const kinds = async () => [...new Set((await stage.reader.results('b')).map(({ kind }) => kind))];

test.each([
  [['CAPTURE'], ['forms', 'transactions']],
  [['ANALYTICS'], ['cash-flow', 'summary', 'transactions']],
  [['DETECT'], ['signals']],
  [['INCOME'], ['income']],
  [
    ['CAPTURE', 'ANALYTICS', 'DETECT', 'INCOME'],
    ['cash-flow', 'forms', 'income', 'signals', 'summary', 'transactions'],
  ],
])('of the tasks %s what they bring is fetched, and no more', async (tasks, expected) => {
  expect(await tell({ tasks })).toEqual([]);
  expect(await kinds()).toEqual(expected);
  expect(await stage.reader.book('b')).toMatchObject({ completed: { state: 'completed' } });
});

test.each([
  ['does not name its tasks', {}],
  ['names only tasks that we do not know', { tasks: ['TEA'] }],
  ['names them in another shape', { tasks: 'CAPTURE, DETECT' }],
])('an event that %s is taken for the end of capture', async (_, body) => {
  expect(await tell(body)).toEqual([]);
  expect(await kinds()).toEqual(['forms', 'transactions']);
});

test('a task that we do not know does not keep the others away', async () => {
  await tell({ tasks: ['TEA', 'DETECT'] });
  expect(await kinds()).toEqual(['signals']);
});

test('what is there already is not fetched again', async () => {
  const at = stage.clock.now().toISOString();
  await writeStrand(stage.table, 'b', 'analytics', { state: 'available', at }, 1, WRITER);
  await tell({ tasks: ['ANALYTICS', 'DETECT'] });
  expect(await kinds()).toEqual(['signals']);
});

test('a task that Ocrolus refuses does not keep the others away, and the book is complete without it', async () => {
  stage.ocrolus.says(calls.bookSignals('b'), error(403, 9005));
  expect(await tell({ tasks: ['CAPTURE', 'DETECT'] })).toEqual([]);
  expect(await kinds()).toEqual(['forms', 'transactions']);
  expect(await stage.reader.book('b')).toMatchObject({
    detect: { state: 'refused', reason: '9005' },
    completed: { state: 'completed' },
  });
});

test('a task that is not ready is waited for, and until then the book is not complete', async () => {
  stage.ocrolus.says(calls.bookSignals('b'), TOO_EARLY);
  await tell({ tasks: ['CAPTURE', 'DETECT'] }, { attempts: 3 });
  expect(await kinds()).toEqual(['forms', 'transactions']);
  expect(await stage.reader.book('b')).not.toHaveProperty('completed');
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting' }]);
});
