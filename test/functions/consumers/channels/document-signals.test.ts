import { beforeEach, describe, expect, test } from 'vitest';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { readDocument } from '../../../../shared/store/documents.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, error, type ScriptedDocument, signals, TOO_EARLY } from '../testing/answers.ts';
import { createHarness, type Harness, look, type Receiving, receive } from '../testing/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
});

const says = (...docs: ScriptedDocument[]) =>
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
const deliver = (ids: EventIds, receiving: Receiving = {}, eventName = 'document.detect.signal_found') =>
  receive(harness, [delivery(eventName, ids, { receivedAt: harness.clock.iso() })], receiving);
/** The book and its documents are stored. */
const storeBook = async (...docs: ScriptedDocument[]) => {
  says(...docs);
  await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  harness.ocrolus.asked.splice(0);
};
const results = async () =>
  (await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);
const D: ScriptedDocument = { uuid: 'd', pk: 5, status: 'VERIFYING' };
/** The calls for the signals of `d`: of the upload, then of a part. */
const OWN = [calls.documentSignals('d'), calls.partSignals('d')];
const E: ScriptedDocument = { uuid: 'e', pk: 6, status: 'VERIFYING' };

test.each(['document.detect.signal_found', 'document.detect.signal_not_found'])(
  '%s: the signals of the document are stored, and its state',
  async (eventName) => {
    await storeBook(D);
    harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
    expect(await deliver({ bookUuid: 'b', uploadedDocUuid: 'd' }, {}, eventName)).toEqual([]);
    expect(await results()).toEqual(['signals d']);
    expect(await harness.reader.documents('b')).toMatchObject([
      { docUuid: 'd', detect: { state: 'COMPLETED' } },
    ]);
    expect((await readDocument(harness.table, 'b', 'd'))?.entries.signals).toMatchObject({ state: 'stored' });
    expect(harness.ocrolus.asked).toHaveLength(1);
  },
);

test('an unknown book is created, for the poller to poll', async () => {
  says(D);
  harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  await deliver({ bookUuid: 'b', uploadedDocUuid: 'd' });
  expect(await harness.reader.book('b')).toMatchObject({ bookUuid: 'b', dueAt: expect.any(String) });
  expect(await harness.reader.documents('b')).toMatchObject([{ docUuid: 'd', status: 'VERIFYING' }]);
});

test('an event that names the document only finds its book in the answer', async () => {
  says(D);
  harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  expect(await deliver({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await results()).toEqual(['signals d']);
  expect(await harness.reader.events('b')).toEqual([]);
  expect(await harness.reader.events('account')).toMatchObject([{ outcome: 'applied', bookUuid: 'b' }]);
});

test('an event that names the document by its pk finds its uuid in Book status', async () => {
  says(D);
  harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  expect(await deliver({ bookUuid: 'b', uploadedDocPk: '5' })).toEqual([]);
  expect(await results()).toEqual(['signals d']);
});

describe('an event that names a part of a split upload only', () => {
  const ofPart = () => deliver({ bookUuid: 'b', docUuid: 'part' }, { attempts: 3 });

  test('has the signals of its book fetched, and creates no document without a status', async () => {
    await storeBook(D);
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
    expect(await ofPart()).toEqual([]);
    expect(await results()).toEqual(['signals b']);
    expect(await harness.reader.documents('b')).toMatchObject([
      { docUuid: 'd', status: 'VERIFYING', detect: { state: 'COMPLETED' } },
    ]);
  });

  test('and finds nothing yet is recorded as missing in the book', async () => {
    await storeBook(D);
    harness.ocrolus.says(calls.bookSignals('b'), TOO_EARLY);
    expect(await ofPart()).toEqual([]);
    expect(await harness.reader.missing('b')).toMatchObject([
      { kind: 'signals', subject: 'b', state: 'pending', code: '1404' },
    ]);
    expect(await harness.reader.book('b')).toMatchObject({ dueAt: expect.any(String) });
  });
});

test("an event that names no document has the book's signals fetched", async () => {
  says(D);
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  await deliver({ bookUuid: 'b' }, { attempts: 3 });
  expect(await results()).toEqual(['signals b']);
});

test('an event that names the document by a pk is not refused because Book status is, or lists it later', async () => {
  await storeBook();
  harness.ocrolus.says(calls.bookSignals('b'), TOO_EARLY);
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 403, body: {} });
  harness.clock.advance(60);
  await deliver({ bookUuid: 'b', uploadedDocPk: '5' }, { attempts: 3 });
  harness.clock.advance(60);
  says();
  await deliver({ bookUuid: 'b', uploadedDocPk: '5' }, { attempts: 3 });
  const outcomes = (await harness.reader.events('b')).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['applied', 'waiting', 'waiting']);
});

test('while Detect is running nothing is stored, and the document lacks its signals', async () => {
  await storeBook(D, E);
  harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'PENDING' }));
  await deliver({ bookUuid: 'b', uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await results()).toEqual([]);
  expect(await harness.reader.missing('b')).toMatchObject([
    { kind: 'signals', subject: 'd', state: 'pending', code: 'detect-pending' },
  ]);
  expect(await harness.reader.events('b')).toContainEqual(
    expect.objectContaining({ outcome: 'waiting', reason: 'detect-pending' }),
  );
});

test("where a document's own signals are refused, the book's are asked for", async () => {
  await storeBook(D, E);
  for (const call of OWN) harness.ocrolus.says(call, error(404, 1501));
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'UNABLE_TO_PROCESS' }));
  await deliver({ bookUuid: 'b', uploadedDocUuid: 'd' });
  harness.clock.advance(900);
  await receive(harness, [look('b')]);
  expect(await results()).toEqual(['signals b']);
  expect(await harness.reader.documents('b')).toMatchObject([
    { docUuid: 'd', detect: { state: 'COMPLETED' } },
    { docUuid: 'e', detect: { state: 'UNABLE_TO_PROCESS' } },
  ]);
  expect(await harness.reader.missing('b')).toEqual([]);
});

test('an account without Detect has the code in the checklist and in the ledger', async () => {
  await storeBook(D);
  for (const call of [...OWN, calls.bookSignals('b')]) harness.ocrolus.says(call, error(403, 9005));
  await deliver({ bookUuid: 'b', uploadedDocUuid: 'd' });
  harness.clock.advance(900);
  await receive(harness, [look('b')]);
  expect(await harness.reader.missing('b')).toMatchObject([
    { kind: 'signals', subject: 'b', state: 'pending', code: '9005' },
  ]);
  expect(await harness.reader.events('b')).toContainEqual(
    expect.objectContaining({ eventName: 'document.detect.signal_found', reason: '9005' }),
  );
});
