import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
});

/** Lets Book status answer for three books, or throw what a test names. */
function failsFor(thrown: Readonly<Record<string, unknown>>): void {
  for (const bookUuid of ['a', 'b', 'c']) {
    harness.ocrolus.says(
      calls.bookStatus({ bookUuid }),
      bookStatus(bookUuid, 'PROCESSING', [{ uuid: 'd', status: 'QUEUED' }]),
    );
  }
  harness.ocrolus.before = (target) => {
    for (const [bookUuid, error] of Object.entries(thrown)) {
      if (target.endsWith(`book_uuid=${bookUuid}`)) throw error;
    }
  };
}
const ofBook = (bookUuid: string) => delivery('document.upload_succeeded', { bookUuid });
const outcomes = async (bookUuid: string) =>
  (await harness.reader.events(bookUuid)).map(({ outcome }) => outcome);

test('a record that fails is delivered again, the others are finished', async () => {
  failsFor({ b: new Failure('retry', 'dynamodb-throttled') });
  expect(await receive(harness, [ofBook('a'), ofBook('b'), ofBook('c')])).toEqual(['message-1']);
  expect(await outcomes('a')).toEqual(['applied']);
  expect(await outcomes('b')).toEqual(['retrying']);
  expect(await outcomes('c')).toEqual(['applied']);
});

test.each([
  ['an exception without a class', new TypeError('x is not a function'), 'TypeError'],
  ['something thrown that is no error', 'oops', 'string'],
])('%s retries its own record, and acknowledges no other that fails', async (_, thrown, code) => {
  failsFor({ a: thrown, b: new Failure('retry', 'dynamodb-throttled') });
  const failed = await receive(harness, [ofBook('a'), ofBook('b'), ofBook('c')]);
  expect(failed.toSorted()).toEqual(['message-0', 'message-1']);
  expect(await outcomes('c')).toEqual(['applied']);
  expect(await harness.reader.events('a')).toMatchObject([{ outcome: 'retrying', codes: [code] }]);
  expect(harness.visibility.get('receipt-0')).toBeGreaterThan(0);
});

test('when everything fails every record is delivered again', async () => {
  failsFor({ a: new Error('one'), b: new Error('two') });
  const failed = await receive(harness, [ofBook('a'), ofBook('b')]);
  expect(failed.toSorted()).toEqual(['message-0', 'message-1']);
});

test('a batch without a failure changes no visibility', async () => {
  failsFor({});
  expect(await receive(harness, [ofBook('a'), ofBook('b')])).toEqual([]);
  expect(harness.visibility).toEqual(new Map());
});

test.each([
  ['is not JSON', '{"version":1'],
  ['is not an envelope', '{"version":2,"deliveryId":"d"}'],
])(
  'a message that %s is delivered again at once, until it is in the dead-letter queue',
  async (_, broken) => {
    failsFor({});
    expect(await receive(harness, [ofBook('a'), broken])).toEqual(['message-1']);
    expect(harness.visibility).toEqual(new Map([['receipt-1', 0]]));
    expect(await outcomes('a')).toEqual(['applied']);
  },
);

test('a bug in this code is delivered again at once too, and is in the ledger', async () => {
  failsFor({ a: new Failure('broken', 'bug') });
  expect(await receive(harness, [ofBook('a')])).toEqual(['message-0']);
  expect(harness.visibility).toEqual(new Map([['receipt-0', 0]]));
  expect(await harness.reader.events('a')).toMatchObject([{ outcome: 'retrying', codes: ['bug'] }]);
});

test('a record is delivered again even when its visibility cannot be changed', async () => {
  const changeVisibility = () => Promise.reject(new Error('SQS is down'));
  harness = createHarness(harness.table, { queue: { changeVisibility } });
  failsFor({ a: new Failure('retry', 'dynamodb-throttled') });
  expect(await receive(harness, [ofBook('a'), ofBook('b')])).toEqual(['message-0']);
});

test('a failed record is counted by its class', async () => {
  failsFor({ a: new Failure('retry', 'dynamodb-throttled') });
  await receive(harness, [ofBook('a')]);
  expect(harness.counted).toContainEqual({ name: 'MessageRetried', dimensions: { class: 'retry' } });
});
