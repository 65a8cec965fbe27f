import { expect, test } from 'vitest';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document, saysEverything, saysStatus } from '../testing/answers.ts';

const book = useBook();

const ofDocument = (bookUuid: string, uploadedDocUuid: string) =>
  book.event('DOC_VERIFIED', { bookUuid, uploadedDocUuid });
const outcomes = async (bookUuid: string) => (await book.ledger(bookUuid)).map(({ outcome }) => outcome);

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

test('each book is asked for on its own, and what fails for one retries its records only', async () => {
  for (const bookUuid of ['b', 'c']) {
    saysEverything(book.ocrolus, bookUuid, [`d-${bookUuid}`]);
    saysStatus(book.ocrolus, bookUuid, 'VERIFYING', [document(`d-${bookUuid}`)]);
  }
  book.ocrolus.before = (target) => {
    if (target.endsWith('book_uuid=b')) throw new Error('DynamoDB is down');
  };
  const messages = [ofDocument('b', 'd-b'), ofDocument('c', 'd-c'), ofDocument('b', 'd2')];
  expect((await book.receive(messages)).toSorted()).toEqual(['message-0', 'message-2']);
  expect(book.ocrolus.count('book-status')).toBe(2);
  expect(await outcomes('c')).toEqual(['applied']);
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
