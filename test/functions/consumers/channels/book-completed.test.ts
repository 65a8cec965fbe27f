import { beforeEach, expect, test } from 'vitest';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import type { Receiving } from '../testing/harness.ts';

const book = useBook();

beforeEach(() => {
  book.saysIncome();
});

const deliver = (body: unknown, receiving: Receiving = {}) => {
  const payload = { encoding: 'utf8', body: JSON.stringify(body) } as const;
  return book.receive([book.event('book.completed', {}, { payload })], receiving);
};
const kinds = async () => [...new Set((await book.reader.results('b')).map(({ kind }) => kind))];
const CAPTURE = ['forms', 'paystubs', 'transactions'];
const ANALYTICS = ['cash-flow', 'enriched-transactions', 'summary'];

test.each([
  [{ tasks: ['CAPTURE'] }, CAPTURE],
  [{ tasks: ['ANALYTICS'] }, ANALYTICS],
  [{ tasks: ['TEA', 'DETECT'] }, ['signals']],
  [{ tasks: ['INCOME'] }, ['income']],
  [
    { tasks: ['CAPTURE', 'ANALYTICS', 'DETECT', 'INCOME'] },
    [...ANALYTICS, ...CAPTURE, 'income', 'signals'].sort(),
  ],
  // Taken for the end of capture.
  [{}, CAPTURE],
  [{ tasks: ['TEA'] }, CAPTURE],
  [{ tasks: 'Capture, detect' }, [...CAPTURE, 'signals'].sort()],
  [{ tasks: ['Income'] }, ['income']],
  [{ tasks: 7 }, CAPTURE],
])('of the tasks of %j their results are fetched, and no more', async (body, expected) => {
  expect(await deliver(body)).toEqual([]);
  expect(await kinds()).toEqual(expected);
  expect(await book.shown()).toMatchObject({ completed: { state: 'completed' } });
});
