import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, saysCaptured, signals } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
import { capturedDocuments } from '../testing/stored.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
});

const TEN = Array.from({ length: 10 }, (_, n) => `d${n}`);

function saysFinished(bookUuid: string, docUuids: readonly string[]): void {
  const docs = docUuids.map((uuid) => ({ uuid, status: 'VERIFICATION_COMPLETE' }));
  harness.ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING', docs));
  for (const docUuid of docUuids) saysCaptured(harness.ocrolus, bookUuid, docUuid);
}
const ofDocument = (bookUuid: string, uploadedDocUuid: string) =>
  delivery('DOC_VERIFIED', { bookUuid, uploadedDocUuid });

test('ten records about one book cost one Book status call, and all ten documents are stored', async () => {
  saysFinished('b', TEN);
  const messages = TEN.map((docUuid) => ofDocument('b', docUuid));
  expect(await receive(harness, messages)).toEqual([]);
  expect(harness.ocrolus.count('book-status')).toBe(1);
  expect(await capturedDocuments(harness.table, 'b')).toEqual(TEN);
  expect(await harness.reader.events('b')).toHaveLength(10);
});

test('different events of one batch that want the same result fetch it once, and both close its entry', async () => {
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  const names = ['book.detect.signal_found', 'book.detect.signal_not_found', 'book.detect.signal_found'];
  const messages = names.map((eventName) => delivery(eventName, { bookUuid: 'b' }));
  expect(await receive(harness, messages)).toEqual([]);
  expect(harness.ocrolus.count('book-fraud-signals')).toBe(1);
  expect(await harness.reader.missing('b')).toEqual([]);
  expect((await harness.reader.events('b')).map(({ outcome }) => outcome)).toEqual([
    'applied',
    'applied',
    'applied',
  ]);
});

test('each book is asked for on its own, and what fails for one retries its records only', async () => {
  saysFinished('b', ['d0']);
  saysFinished('c', ['d1']);
  harness.ocrolus.before = (target) => {
    if (target.endsWith('book_uuid=b')) throw new Error('DynamoDB is down');
  };
  const messages = [ofDocument('b', 'd0'), ofDocument('c', 'd1'), ofDocument('b', 'd2')];
  expect((await receive(harness, messages)).toSorted()).toEqual(['message-0', 'message-2']);
  expect(harness.ocrolus.count('book-status')).toBe(2);
  expect(await harness.reader.events('c')).toMatchObject([{ outcome: 'applied' }]);
});

test('every call must be answered before the time is over, with some left for the last writes', async () => {
  saysFinished('b', ['d0']);
  const start = harness.clock.now();
  await receive(harness, [ofDocument('b', 'd0')], { remainingMs: 30_000 });
  expect(harness.ocrolus.asked.length).toBe(3);
  for (const { deadline } of harness.ocrolus.asked) expect(deadline).toBe(start + 25_000);
});

test('results that there is no time for are not started, and are asked for later', async () => {
  saysFinished('b', ['d0']);
  const message = ofDocument('b', 'd0');
  expect(await receive(harness, [message], { remainingMs: 14_000 })).toEqual([]);
  expect(harness.ocrolus.asked.map(({ operation }) => operation)).toEqual(['book-status']);
  expect((await harness.reader.missing('b')).map(({ kind }) => kind)).toEqual(['forms', 'transactions']);
  expect(await harness.reader.book('b')).toMatchObject({ dueAt: expect.any(String) });
});
