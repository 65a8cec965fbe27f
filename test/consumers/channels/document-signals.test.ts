import { beforeEach, expect, test } from 'vitest';
import { observe } from '../../../functions/consumers/detect-signal-found.ts';
import type { EventIds } from '../../../shared/events/ids.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, signals } from '../testing/answers.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const tell = (ids: EventIds, receiving: Receiving = {}) =>
  receive(stage, observe, [delivery('document.detect.signal_found', ids)], receiving);

test('the signals of the document are stored, and its state', async () => {
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  expect(await tell({ bookUuid: 'b', uploadedDocUuid: 'd' })).toEqual([]);
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'signals', subject: 'd' }]);
  expect(await stage.reader.documents('b')).toMatchObject([{ docUuid: 'd', detect: { state: 'COMPLETED' } }]);
  expect(stage.ocrolus.asked).toHaveLength(1);
});

test('a book that nobody has seen yet is made, for the poller to look at', async () => {
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  await tell({ bookUuid: 'b', uploadedDocUuid: 'd' });
  expect(await stage.reader.book('b')).toMatchObject({ bookUuid: 'b', dueAt: expect.any(String) });
});

test('an event that names the document only finds its book in the answer', async () => {
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  expect(await tell({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await stage.reader.results('b')).toHaveLength(1);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'applied' }]);
});

test('an event that names the document by its pk finds its uuid in Book status', async () => {
  const docs = [{ uuid: 'd', pk: 5, status: 'VERIFYING' }];
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  expect(await tell({ bookUuid: 'b', uploadedDocPk: '5' })).toEqual([]);
  expect(await stage.reader.results('b')).toMatchObject([{ subject: 'd' }]);
});

test.each<[string, EventIds, string]>([
  ['no document', { bookUuid: 'b' }, 'no-document-id'],
  ['no book, which the answer does not tell either', { uploadedDocUuid: 'd' }, 'no-book-id'],
])('an event that names %s is refused', async (_, ids, reason) => {
  stage.ocrolus.says(calls.documentSignals('d'), signals(undefined, { d: 'COMPLETED' }));
  await tell(ids);
  const bookId = ids.bookUuid ?? 'account';
  expect(await stage.reader.events(bookId)).toMatchObject([{ outcome: 'refused', reason }]);
});

test('while Detect is still at it nothing is stored, and the book waits', async () => {
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'PENDING' }));
  await tell({ bookUuid: 'b', uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await stage.reader.results('b')).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: 'detect-pending' }]);
});

test('an account without Detect is refused, with the code', async () => {
  stage.ocrolus.says(calls.documentSignals('d'), error(403, 9005));
  await tell({ bookUuid: 'b', uploadedDocUuid: 'd' });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'refused', reason: '9005' }]);
});
