import { beforeEach, expect, test } from 'vitest';
import type { Observe } from '../../functions/consumers/consume.ts';
import { Failure } from '../../shared/failure.ts';
import { useTables } from '../store/testing/table.ts';
import { createStage, delivery, receive, type Stage } from './testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

/** An observer that fails for the books that a test names. */
const failingFor =
  (failures: Readonly<Record<string, unknown>>): Observe =>
  async ({ bookId }) => {
    if (bookId in failures) throw failures[bookId];
    return { outcome: 'applied' };
  };
const ofBook = (bookUuid: string) => delivery('BOOK_VERIFIED', { bookUuid });
const outcomes = async (bookUuid: string) =>
  (await stage.reader.events(bookUuid)).map(({ outcome }) => outcome);

test('a record that fails comes back, the others are finished', async () => {
  const observe = failingFor({ b: new Failure('retry', 'http-503') });
  expect(await receive(stage, observe, [ofBook('a'), ofBook('b'), ofBook('c')])).toEqual(['message-1']);
  expect(await outcomes('a')).toEqual(['applied']);
  expect(await outcomes('b')).toEqual([]);
  expect(await outcomes('c')).toEqual(['applied']);
});

test.each([
  ['an exception that nobody classified', new TypeError('x is not a function')],
  ['something thrown that is no error', 'oops'],
])('%s makes its own record come back, and acknowledges no other that fails', async (_, thrown) => {
  const observe = failingFor({ a: thrown, b: new Failure('retry', 'network') });
  const failed = await receive(stage, observe, [ofBook('a'), ofBook('b'), ofBook('c')]);
  expect(failed).toEqual(['message-0', 'message-1']);
  expect(await outcomes('c')).toEqual(['applied']);
  expect(stage.visibility.get('receipt-0')).toBeGreaterThan(0);
});

test('when everything fails everything comes back', async () => {
  const observe = failingFor({ a: new Error('one'), b: new Error('two') });
  expect(await receive(stage, observe, [ofBook('a'), ofBook('b')])).toEqual(['message-0', 'message-1']);
});

test('a batch without a failure leaves nothing behind', async () => {
  expect(await receive(stage, failingFor({}), [ofBook('a'), ofBook('b')])).toEqual([]);
  expect(stage.visibility).toEqual(new Map());
});

test.each([
  ['is no JSON', '{"version":1'],
  ['is no envelope', '{"version":2,"deliveryId":"d"}'],
])('a message that %s goes back at once, on its way to the dead-letter queue', async (_, broken) => {
  expect(await receive(stage, failingFor({}), [ofBook('a'), broken])).toEqual(['message-1']);
  expect(stage.visibility).toEqual(new Map([['receipt-1', 0]]));
  expect(await outcomes('a')).toEqual(['applied']);
});

test('a bug of ours goes back at once too', async () => {
  const observe = failingFor({ a: new Failure('broken', 'bug') });
  expect(await receive(stage, observe, [ofBook('a')])).toEqual(['message-0']);
  expect(stage.visibility).toEqual(new Map([['receipt-0', 0]]));
});

test('a record comes back even when its visibility cannot be changed', async () => {
  stage = createStage(stage.table, {
    changeVisibility: async () => {
      throw new Error('SQS is down');
    },
  });
  const observe = failingFor({ a: new Failure('retry', 'network') });
  expect(await receive(stage, observe, [ofBook('a'), ofBook('b')])).toEqual(['message-0']);
});

test('a failed record is counted by its class', async () => {
  await receive(stage, failingFor({ a: new Failure('retry', 'network') }), [ofBook('a')]);
  expect(stage.counted).toContainEqual({ name: 'MessageRetried', dimensions: { class: 'retry' } });
});
