import { expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document, saysStatus } from '../testing/answers.ts';
import { receive } from '../testing/harness.ts';

const book = useBook();

/** Lets Book status answer for three books, or throw what a test names. */
function failsFor(thrown: Readonly<Record<string, unknown>>): void {
  for (const bookUuid of ['a', 'b', 'c'])
    saysStatus(book.ocrolus, bookUuid, 'PROCESSING', [document('d', 'QUEUED')]);
  book.ocrolus.before = (target) => {
    for (const [bookUuid, error] of Object.entries(thrown)) {
      if (target.endsWith(`book_uuid=${bookUuid}`)) throw error;
    }
  };
}
const THROTTLED = new Failure('retry', 'dynamodb-throttled');
const ofBooks = (...bookUuids: string[]) =>
  bookUuids.map((bookUuid) => book.event('document.upload_succeeded', { bookUuid }));
const outcomes = async (bookUuid: string) => (await book.ledger(bookUuid)).map(({ outcome }) => outcome);

test('a record that fails is delivered again, the others are finished, and it is counted by its class', async () => {
  failsFor({ b: THROTTLED });
  expect((await book.receive(ofBooks('a', 'b', 'c', 'b'))).toSorted()).toEqual(['message-1', 'message-3']);
  expect(await outcomes('a')).toEqual(['applied']);
  expect(await outcomes('b')).toEqual(['retrying', 'retrying']);
  expect(await outcomes('c')).toEqual(['applied']);
  const dimensions = { class: 'retry' };
  expect(book.consumers.counted).toContainEqual({ name: 'MessageRetried', dimensions });
});

test.each([
  ['an exception without a class', new TypeError('x is not a function'), 'TypeError'],
  ['something thrown that is no error', 'oops', 'string'],
])('%s retries its own record, and acknowledges no other that fails', async (_, thrown, code) => {
  failsFor({ a: thrown, b: THROTTLED });
  const failed = await book.receive(ofBooks('a', 'b', 'c'));
  expect(failed.toSorted()).toEqual(['message-0', 'message-1']);
  expect(await outcomes('c')).toEqual(['applied']);
  expect(await book.ledger('a')).toMatchObject([{ outcome: 'retrying', codes: [code] }]);
  expect(book.consumers.visibility.get('receipt-0')).toBeGreaterThan(0);
});

test.each([
  ['is not JSON', '{"version":1'],
  ['is not an envelope', '{"version":2,"deliveryId":"d"}'],
])('a message that %s is delivered again at once, to become a dead letter', async (_, broken) => {
  failsFor({});
  expect(await receive(book.consumers, [...ofBooks('a'), broken])).toEqual(['message-1']);
  expect(book.consumers.visibility).toEqual(new Map([['receipt-1', 0]]));
  expect(await outcomes('a')).toEqual(['applied']);
});

test('a bug in this code is delivered again at once too, and is in the ledger', async () => {
  failsFor({ a: new Failure('broken', 'bug') });
  expect(await book.receive(ofBooks('a'))).toEqual(['message-0']);
  expect(book.consumers.visibility).toEqual(new Map([['receipt-0', 0]]));
  expect(await book.ledger('a')).toMatchObject([{ outcome: 'retrying', codes: ['bug'] }]);
});

test('a record is delivered again even when its visibility cannot be changed', async () => {
  const changeVisibility = () => Promise.reject(new Error('SQS is down'));
  failsFor({ a: THROTTLED });
  const consumer = book.anotherConsumer({ queue: { changeVisibility } });
  expect(await receive(consumer, ofBooks('a', 'b'))).toEqual(['message-0']);
});

const ofDocument = (bookUuid: string, uploadedDocUuid: string) =>
  book.event('DOC_VERIFIED', { bookUuid, uploadedDocUuid });

test('ten records about one book cost one Book status call, and all ten documents are stored', async () => {
  const ten = Array.from({ length: 10 }, (_, n) => `d${n}`);
  book.saysEverything(...ten);
  expect(await book.receive(ten.map((docUuid) => ofDocument('b', docUuid)))).toEqual([]);
  expect(book.ocrolus.count('book-status')).toBe(1);
  expect(await book.captured()).toEqual(ten);
  expect(await book.ledger()).toHaveLength(10);
});

test('different events of one batch that want the same result fetch it once, and both close its entry', async () => {
  book.says('VERIFYING');
  const names = ['book.detect.signal_found', 'book.detect.signal_not_found', 'book.detect.signal_found'];
  expect(await book.receive(names.map((eventName) => book.event(eventName)))).toEqual([]);
  expect(book.ocrolus.count('book-fraud-signals')).toBe(1);
  expect(await book.missing()).toEqual([]);
  expect(await outcomes('b')).toEqual(['applied', 'applied', 'applied']);
});

test('every call must be answered before the time is over, with some left for the last writes', async () => {
  book.says('VERIFYING', [document('d')]);
  const start = book.clock.now();
  await book.receive([ofDocument('b', 'd')], { remainingMs: 30_000 });
  expect(book.ocrolus.asked.map(({ deadline }) => deadline - start)).toEqual([25_000, 25_000, 25_000]);
});

test('results that there is no time for are not started, and are asked for later', async () => {
  book.says('VERIFYING', [document('d')]);
  expect(await book.receive([ofDocument('b', 'd')], { remainingMs: 14_000 })).toEqual([]);
  expect(book.ocrolus.asked.map(({ operation }) => operation)).toEqual(['book-status']);
  expect(await book.missing()).toEqual(['forms d', 'transactions d']);
  expect(await book.shown()).toMatchObject({ dueAt: expect.any(String) });
});
